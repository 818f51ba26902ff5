import { expect, test } from "vitest";
import { createVirtualClock } from "../../kit/virtual-clock.ts";
import { createLiveView, type LiveViewOptions } from "./create-live-view.ts";
import { anArtifact } from "../../store/suite/samples.testsuite.ts";
import { createSightings, recordedError, runId } from "./sightings.testsuite.ts";

async function start(options: Pick<LiveViewOptions, "pageOf"> = {}) {
  const clock = createVirtualClock();
  let text = "";
  const stream = { write: (chunk: string) => void (text += chunk) };
  const view = await createLiveView({ stream, mode: "lines", color: false, unicode: true, clock, ...options });
  const lines = (): readonly string[] => text.split("\n").slice(0, -1);
  return { clock, lines, view, ...createSightings(view, clock) };
}

test("lines have a time, a level, whose they are and a message", async () => {
  const { clock, lines, flow, task, log, state } = await start();
  flow(state("RUNNING"));
  task("x", state("RUNNING"));
  await clock.advance(120);
  log("reading", { taskRunId: "x", level: "debug" });
  task("x", state("COMPLETED"));
  const time = "\\d\\d:\\d\\d:\\d\\d\\.\\d{3}";
  expect(lines()).toEqual([
    expect.stringMatching(`^${time} info  \\[ml\\] gentle-otter started \\(019a3b2c-4d5e\\)$`),
    expect.stringMatching(`^${time} debug \\[ml/train\\] reading$`),
    expect.stringMatching(`^${time} info  \\[ml/train\\] Completed in 120ms$`),
  ]);
});

test("of 10,000 task runs 200 are told one by one, the others in a sum a second; failures and retries always", async () => {
  const { clock, lines, flow, task, ran, state } = await start();
  flow(state("RUNNING"));
  for (let item = 0; item < 10_000; item++) {
    ran("train", `t${item}`);
    if (item % 4 === 0) await clock.advance(1);
  }
  const before = lines();
  expect(before.filter((line) => line.includes("[ml/train] Completed"))).toHaveLength(200);
  expect(before.filter((line) => /\[ml\] [\d,]+ tasks done/.test(line))).toHaveLength(2);
  expect(before.length).toBeLessThan(210);

  task("f", state("RUNNING"));
  const retryAt = { details: { scheduledAt: clock.now() + 10_000 } };
  task("f", state("SCHEDULED", "AwaitingRetry", retryAt), { error: recordedError("HTTP 503") });
  task("f", state("RUNNING", "Retrying"), { attempt: 2 });
  task("f", state("FAILED"), { attempt: 2, error: recordedError("HTTP 500") });
  const told = lines().slice(before.length);
  expect(told).toEqual([
    expect.stringContaining("warn  [ml/train] attempt 1 failed: TypeError: HTTP 503; next in 10s"),
    expect.stringContaining("error [ml/train] Failed after 2 attempts: TypeError: HTTP 500"),
  ]);
});

test("a thousand subflows are bounded as tasks are; one that fails is told", async () => {
  const { lines, flow, task, state } = await start();
  flow(state("RUNNING"));
  for (let item = 0; item < 1000; item++) {
    const child = { id: `s${item}`, parentRunId: runId, flowName: "part", name: `part-${item}` };
    task(`c${item}`, state("RUNNING"), { taskName: "part", kind: "flow" });
    flow(state("RUNNING"), child);
    flow(state("COMPLETED"), child);
    task(`c${item}`, state("COMPLETED"), { taskName: "part", kind: "flow" });
  }
  flow(state("RUNNING"), { id: "bad", parentRunId: runId, flowName: "part", name: "part-bad" });
  flow(state("FAILED"), {
    id: "bad",
    parentRunId: runId,
    flowName: "part",
    name: "part-bad",
    error: recordedError("no"),
  });
  expect(lines().length).toBeLessThan(210);
  expect(lines().at(-1)).toContain("error [part] part-bad: Failed: TypeError: no");
});

test("what was taken from the record or the cache, and what could not run, is said", async () => {
  const { lines, flow, task, state } = await start();
  flow(state("RUNNING"), { resumed: true });
  task("a", { ...state("COMPLETED"), at: 0 }, { fromRecord: true });
  task("b", state("COMPLETED", "Cached"), { reason: "cache-hit" });
  task("c", state("PENDING", "NotReady", { message: "upstream failed" }), { reason: "upstream-failed" });
  const time = lines()[0]?.slice(0, 12) ?? "";
  expect(lines()[0]).toContain("gentle-otter is taken up again");
  expect(lines()[1]?.slice(0, 12)).toBe(time);
  expect(lines()[1]).toContain("[ml/train] taken from the record");
  expect(lines()[2]).toContain("[ml/train] Cached");
  expect(lines()[3]).toContain("[ml/train] not run: upstream failed");
});

test("the end of a run sums it up", async () => {
  const { lines, flow, ran, state } = await start();
  flow(state("RUNNING"));
  ran("train", "a");
  flow(state("COMPLETED"));
  expect(lines().slice(-5)).toEqual([
    expect.stringMatching(/^✓ Completed in 0ms {2}ml · gentle-otter$/),
    "  1 task: 1 ran",
    "",
    "  millrace flow-run inspect 019a3b2c-4d5e  what happened",
    "",
  ]);
});

test("a message of some KB is cut, where it happens and at the end", async () => {
  const { lines, flow, task, state } = await start();
  const error = recordedError("x".repeat(9000));
  flow(state("RUNNING"));
  task("x", state("FAILED"), { error });
  flow(state("FAILED"), { error });
  const [told = "", , ...rest] = lines().slice(1);
  expect(told).toMatch(/TypeError: x{300}… \(8,700 characters more\)$/);
  expect(rest.filter((line) => line.includes("xxx"))).toEqual([
    `  TypeError: ${"x".repeat(2000)}… (7,000 characters more)`,
  ]);
});

test("the end counts subflows and steps, where no task was called too", async () => {
  const { lines, flow, task, state } = await start();
  const child = { id: "019a3b2c-4d5e-7000-8000-000000000002", flowName: "child", parentRunId: runId };
  flow(state("RUNNING"));
  task("call", state("RUNNING"), { kind: "flow", taskName: "child" });
  flow(state("RUNNING"), child);
  task("asked", state("COMPLETED"), { kind: "wait", taskName: "pause" });
  flow(state("COMPLETED"), child);
  task("call", state("COMPLETED"), { kind: "flow", taskName: "child", from: state("RUNNING") });
  flow(state("COMPLETED"));
  expect(lines()).toContain("  1 subflow; 1 step");
  expect(lines().join("\n")).not.toContain("no tasks");
});

test("the end of a run that has called nothing says so", async () => {
  const { lines, flow, state } = await start();
  flow(state("RUNNING"));
  flow(state("COMPLETED"));
  expect(lines()).toContain("  no tasks");
});

test("the end tells what the run has left, once each, and how to see it", async () => {
  const { lines, view, flow, ran, state } = await start();
  flow(state("RUNNING"));
  ran("train", "a");
  view.artifact(anArtifact(runId, { id: "first" }));
  view.artifact(anArtifact(runId, { id: "first", updatedAt: 2 }));
  view.artifact(anArtifact(runId, { id: "second" }));
  view.artifact(anArtifact(null, { id: "of nobody" }));
  flow(state("COMPLETED"));
  expect(lines()).toContain("  1 task: 1 ran; 2 artifacts");
  expect(lines()).toContain("  millrace artifact ls --run 019a3b2c-4d5e  what it has left");
});

test("the end has the page of the run, where a server shows it", async () => {
  const { lines, flow, state } = await start({ pageOf: (id) => `http://host:4200/runs/flow-run/${id}` });
  flow(state("RUNNING"));
  flow(state("COMPLETED"));
  expect(lines()).toContain(`  http://host:4200/runs/flow-run/${runId}`);
});

test("a name of many lines stays one line, and cannot move the cursor", async () => {
  const { lines, flow, task, state } = await start();
  flow(state("RUNNING"));
  task("x", state("FAILED"), { name: "a\nb\u001b[1A\u009b2J", error: recordedError("one\ntwo") });
  expect(lines()).toHaveLength(2);
  expect(lines()[1]).toMatch(/a b: Failed: TypeError: one$/);
});

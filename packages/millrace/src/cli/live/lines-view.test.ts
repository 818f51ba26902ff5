import { expect, test } from "vitest";
import { createVirtualClock } from "../../kit/virtual-clock.ts";
import { createLiveView } from "./create-live-view.ts";
import { createSightings, recordedError, runId } from "./sightings.testsuite.ts";

function start() {
  const clock = createVirtualClock();
  let text = "";
  const stream = { write: (chunk: string) => void (text += chunk) };
  const view = createLiveView({ stream, mode: "lines", color: false, unicode: true, clock });
  const lines = (): readonly string[] => text.split("\n").slice(0, -1);
  return { clock, lines, ...createSightings(view, clock) };
}

test("lines have a time, a level, whose they are and a message", async () => {
  const { clock, lines, flow, task, log, state } = start();
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
  const { clock, lines, flow, task, ran, state } = start();
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

test("a thousand subflows are bounded as tasks are; one that fails is told", () => {
  const { lines, flow, task, state } = start();
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

test("what was taken from the record or the cache, and what could not run, is said", () => {
  const { lines, flow, task, state } = start();
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

test("the end of a run sums it up", () => {
  const { lines, flow, ran, state } = start();
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

test("a name of many lines stays one line, and cannot move the cursor", () => {
  const { lines, flow, task, state } = start();
  flow(state("RUNNING"));
  task("x", state("FAILED"), { name: "a\nb\u001b[1A\u009b2J", error: recordedError("one\ntwo") });
  expect(lines()).toHaveLength(2);
  expect(lines()[1]).toMatch(/a b: Failed: TypeError: one$/);
});

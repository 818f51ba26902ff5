import { describe, expect, test } from "vitest";
import { displayWidth } from "../../kit/text.ts";
import { createVirtualClock } from "../../kit/virtual-clock.ts";
import { createLiveView } from "./create-live-view.ts";
import { createScreen } from "./screen.testsuite.ts";
import { createSightings, recordedError, runId } from "./sightings.testsuite.ts";

async function start(size: { columns?: number; rows?: number; color?: boolean } = {}) {
  const clock = createVirtualClock();
  const screen = createScreen(size);
  const view = await createLiveView({ stream: screen, mode: "tree", color: size.color ?? false, unicode: true, clock });
  return { clock, screen, view, ...createSightings(view, clock) };
}

describe("the tree", () => {
  test("has a line a task name, with counts of what its runs do", async () => {
    const { clock, screen, flow, task, ran, state } = await start();
    flow(state("RUNNING"));
    ran("fetch", "a");
    for (let item = 0; item < 8; item++) ran("train", `done-${item}`);
    task("x", state("RUNNING"));
    task("y", state("COMPLETED", "Cached"), { reason: "cache-hit" });
    task("z", state("COMPLETED"), { fromRecord: true });
    await clock.advance(2000);

    const lines = screen.lines();
    expect(lines[0]).toMatch(/^● ml · gentle-otter +1\.1s$/);
    expect(lines[1]).toMatch(/^ {2}✓ fetch +1\/1 /);
    expect(lines[2]).toMatch(/^ {2}● train +10\/11 .*1 running · 1 cached · 1 from the record/);
  });

  test("shows a retry and its error until the task is through", async () => {
    const { clock, screen, flow, task, state } = await start();
    flow(state("RUNNING"));
    task("x", state("RUNNING"));
    task("x", state("SCHEDULED", "AwaitingRetry"), { error: recordedError("HTTP 503") });
    await clock.advance(200);
    expect(screen.text()).toMatch(/● train +0\/1 +1 to retry/);
    expect(screen.text()).toContain("└ TypeError: HTTP 503");

    task("x", state("RUNNING", "Retrying"), { attempt: 2 });
    task("x", state("COMPLETED"), { attempt: 2 });
    await clock.advance(200);
    expect(screen.text()).toMatch(/✓ train +1\/1 +1 retry /);
    expect(screen.text()).not.toContain("HTTP 503");
  });

  test("nests subflows, many runs of one flow in one line", async () => {
    const { clock, screen, flow, task, state } = await start();
    flow(state("RUNNING"));
    for (const id of ["s1", "s2"]) {
      task(`call-${id}`, state("RUNNING"), { taskName: "load-part", kind: "flow" });
      flow(state("RUNNING"), { id, parentRunId: runId, flowName: "load-part" });
      task(`row-${id}`, state("RUNNING"), { flowRunId: id, taskName: "read" });
    }
    flow(state("COMPLETED"), { id: "s1", parentRunId: runId, flowName: "load-part" });
    task("call-s1", state("COMPLETED"), { taskName: "load-part", kind: "flow" });
    await clock.advance(200);
    expect(screen.lines()[1]).toMatch(/^ {2}● load-part +1\/2 /);
    expect(screen.lines()[2]).toMatch(/^ {4}● read +0\/2 .*2 running/);
  });

  test("follows a progress artifact until it is complete", async () => {
    const { clock, screen, view, flow, state } = await start();
    const progress = (value: number): void =>
      view.artifact({
        id: "p",
        key: "words",
        kind: "progress",
        description: "Reading",
        data: JSON.stringify(value),
        flowRunId: runId,
        taskRunId: null,
        createdAt: 0,
        updatedAt: 0,
      });
    flow(state("RUNNING"));
    progress(0.5);
    await clock.advance(200);
    expect(screen.text()).toMatch(/→ Reading {2}━{6}─{6} {2}50%/);
    progress(1);
    await clock.advance(200);
    expect(screen.text()).not.toContain("Reading");
  });

  test("prints logs above itself, without control characters of theirs", async () => {
    const { clock, screen, flow, task, log, state } = await start();
    flow(state("RUNNING"));
    task("x", state("RUNNING"));
    await clock.advance(200);
    log("first\nsecond", { taskRunId: "x", level: "warn", fields: '{"rows":3}' });
    log("evil \u001b[2J\u001b]0;title\u0007\u0008 text");
    await clock.advance(200);
    const lines = screen.lines();
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} warn {2}\[ml\/train\] first$/);
    expect(lines[1]).toBe('    second {"rows":3}');
    expect(lines[2]).toMatch(/info {2}\[ml\] evil {2}text$/);
    expect(lines[3]).toMatch(/^● ml · gentle-otter/);
  });

  test("ends with counts, the error, where it came from, and what to do", async () => {
    const { clock, screen, view, flow, task, ran, state } = await start();
    flow(state("RUNNING"));
    ran("fetch", "a");
    await clock.advance(1500);
    const error = recordedError(
      "no such column",
      [
        "    at check (node:internal/x:1:1)",
        "    at lib (/home/u/node_modules/lib/index.js:3:4)",
        "    at train (file:///home/u/train.ts:12:9)",
      ].join("\n"),
    );
    task("x", state("RUNNING"));
    task("x", state("FAILED"), { error });
    flow(state("FAILED"), { error });
    view.stop();

    const text = screen.text();
    expect(text).toMatch(/^✗ ml · gentle-otter +Failed {2}1\.5s$/m);
    expect(text).toContain("2 tasks: 1 ran, 1 failed");
    expect(text).toContain("TypeError: no such column");
    expect(text).toContain("at train (/home/u/train.ts:12:9)");
    expect(text).toContain("millrace flow-run retry 019a3b2c-4d5e");
    expect(clock.pending).toBe(0);
  });

  test.each([
    ["CRASHED", "Crashed", "millrace flow-run resume 019a3b2c-4d5e"],
    ["COMPLETED", "Completed", "millrace flow-run inspect 019a3b2c-4d5e"],
  ] as const)("ends %s with the command that fits", async (type, name, command) => {
    const { screen, flow, state } = await start();
    flow(state("RUNNING"));
    flow(state(type, name));
    expect(screen.text()).toContain(command);
  });

  test("counts anew when the flow is retried from its top", async () => {
    const { clock, screen, flow, ran, task, state } = await start();
    flow(state("RUNNING"));
    ran("fetch", "a");
    flow(state("SCHEDULED", "AwaitingRetry"));
    flow(state("RUNNING", "Retrying"));
    task("a", state("COMPLETED"), { taskName: "fetch", fromRecord: true });
    await clock.advance(200);
    expect(screen.text()).toMatch(/fetch +1\/1 +1 from the record/);
  });

  test("is told of a suspension as of an end", async () => {
    const { screen, clock, flow, state } = await start();
    flow(state("RUNNING"));
    flow(state("PAUSED", "Suspended", { details: { suspended: true } }));
    expect(screen.text()).toContain("Suspended");
    expect(screen.text()).toContain("millrace inbox inspect 019a3b2c-4d5e");
    expect(clock.pending).toBe(0);
  });
});

describe("calm", () => {
  test("10,000 task runs in 80 columns and 24 rows: at most ten drawings a second, no line too wide", async () => {
    const { clock, screen, flow, task, ran, state } = await start({ color: true });
    flow(state("RUNNING"));
    for (let item = 0; item < 10_000; item++) {
      ran(`task-${item % 100}`, `t${item}`);
      if (item % 10 === 0) await clock.advance(1);
    }
    task("x", state("RUNNING"), { taskName: "task-77" });
    await clock.advance(150);
    // One second of sightings.
    expect(screen.writes.length).toBeGreaterThan(8);
    expect(screen.writes.length).toBeLessThan(14);
    const lines = screen.lines().filter((line) => line !== "");
    expect(lines).toHaveLength(23);
    expect(lines.every((line) => displayWidth(line) <= 80)).toBe(true);
    expect(lines.some((line) => /task-77 +100\/101/.test(line))).toBe(true);
    expect(lines.at(-1)).toMatch(/^ {2}… \d+ more$/);
  });

  test("what ends within a moment is never drawn half-way", async () => {
    const { clock, screen, flow, ran, state } = await start();
    flow(state("RUNNING"));
    ran("say", "a");
    await clock.advance(50);
    expect(screen.writes).toEqual([]);
    flow(state("COMPLETED"));
    expect(screen.writes).toHaveLength(1);
    expect(screen.lines()[0]).toMatch(/^✓ ml · gentle-otter +Completed {2}50ms$/);
  });

  test("nothing is drawn, and no timer is set, when nothing runs", async () => {
    const { clock, screen, flow, log, state } = await start();
    log("outside", { flowRunId: null });
    flow(state("RUNNING"));
    await clock.advance(500);
    flow(state("COMPLETED"));
    const { length } = screen.writes;
    await clock.advance(60_000);
    expect(screen.writes).toHaveLength(length);
    expect(clock.pending).toBe(0);
  });

  test("while a run waits, its time goes on once a second", async () => {
    const { clock, screen, flow, task, state } = await start();
    flow(state("RUNNING"));
    task("x", state("RUNNING"));
    await clock.advance(200);
    const { length } = screen.writes;
    await clock.advance(10_000);
    expect(screen.writes).toHaveLength(length + 10);
    expect(screen.lines()[0]).toMatch(/ 10\.1s$/);
  });

  test("many logs are written together", async () => {
    const { clock, screen, flow, log, state } = await start();
    flow(state("RUNNING"));
    await clock.advance(200);
    const { length } = screen.writes;
    for (let line = 0; line < 200; line++) log(`line ${line}`);
    await clock.advance(100);
    expect(screen.writes).toHaveLength(length + 1);
    expect(screen.text()).toContain("line 199");
  });

  test.each([30, 50, 80, 200])("no line is wider than %i columns, whatever the names", async (columns) => {
    const { clock, screen, view, flow, task, state } = await start({ columns });
    flow(state("RUNNING"), { name: "n".repeat(300), flowName: "日本語".repeat(40) });
    task("x", state("RUNNING"), { taskName: "a very long name of a task indeed ".repeat(5) });
    task("y", state("FAILED"), { error: recordedError("m".repeat(500)) });
    await clock.advance(200);
    const drawn = screen.writes.at(-1)?.split("\n") ?? [];
    expect(drawn.length).toBeGreaterThan(3);
    expect(Math.max(...drawn.map((line) => displayWidth(line)))).toBeLessThanOrEqual(columns);
    view.stop();
  });
});

import { expect, onTestFinished, test } from "vitest";
import { createVirtualClock } from "../../kit/virtual-clock.ts";
import { type SupervisedEvent, superviseProcess } from "./supervise-process.ts";

interface Watched {
  readonly supervised: ReturnType<typeof superviseProcess<{ fails: boolean }, { pid: number }, never>>;
  readonly events: readonly SupervisedEvent[];
  /** The next event that was not asked for. What is to be started again after a while is started now. */
  readonly next: () => Promise<SupervisedEvent>;
}

/** @param failsFrom the start from which on it cannot start */
function watch(failsFrom: number): Watched {
  const clock = createVirtualClock();
  const events: SupervisedEvent[] = [];
  let starts = 0;
  let passed = 0;
  const supervised = superviseProcess<{ fails: boolean }, { pid: number }, never>({
    entry: new URL("./fixtures/kept.ts", import.meta.url),
    execArgv: ["--conditions=millrace-source"],
    env: {},
    stdout: 2,
    options: () => ({ fails: ++starts >= failsFrom }),
    clock,
    onReady: () => undefined,
    onReport: () => undefined,
    onEvent: (event) => void events.push(event),
  });
  onTestFinished(() => supervised.stop());
  return {
    supervised,
    events,
    async next() {
      const before = events[passed - 1];
      if (before?.kind === "ended") await clock.advance(before.restartInMs);
      while (events[passed] === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
      return events[passed++] as SupervisedEvent;
    },
  };
}

/** Several processes are started, one after the other. In ms. */
const timeoutMs = 120_000;

test("a process that dies is started again, and ends when it is told to", async () => {
  const { supervised, next } = watch(Number.POSITIVE_INFINITY);
  const { pid } = await supervised.start();
  expect(supervised.pid).toBe(pid);
  process.kill(pid, "SIGKILL");
  expect(await next()).toEqual({ kind: "ended", how: "SIGKILL", restartInMs: 500 });
  const again = await next();
  expect(again).toEqual({ kind: "restarted", pid: supervised.pid });
  expect(supervised.pid).not.toBe(pid);
  await supervised.stop();
  expect(supervised.pid).toBeNull();
});

test("one that cannot start the first time says why, and is not tried again", async () => {
  const { supervised, events } = watch(1);
  await expect(supervised.start()).rejects.toMatchObject({ code: "NOT_FOUND", message: expect.stringContaining("x") });
  expect(events).toEqual([]);
});

test(
  "one that ends again and again is given up, with its reason",
  async () => {
    const { supervised, next } = watch(2);
    const { pid } = await supervised.start();
    process.kill(pid, "SIGKILL");
    const waits: number[] = [];
    for (let event = await next(); ; event = await next()) {
      if (event.kind === "ended") waits.push(event.restartInMs);
      if (event.kind !== "given-up") continue;
      expect(event.error).toMatchObject({ code: "NOT_FOUND" });
      break;
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15_000]);
  },
  timeoutMs,
);

import { expect, test } from "vitest";
import { createVirtualClock } from "../../kit/virtual-clock.ts";
import type { JobEnd } from "../infrastructure.ts";
import { createReadyProcesses, type LoadedCode, type ReadyProcesses } from "./ready-processes.ts";
import type { RunProcess } from "./run-process.ts";

const gone: JobEnd = { how: "it ended", error: null, processId: null, isRefused: false };

interface Counted extends RunProcess {
  isKilled: boolean;
}

/** Code whose processes are only counted. */
function createCode(key: string): {
  readonly code: LoadedCode;
  readonly started: readonly Counted[];
  waiting(): number;
} {
  const started: Counted[] = [];
  const start = (): Counted => {
    const { promise: ended, resolve } = Promise.withResolvers<JobEnd>();
    const nothing = (): undefined => undefined;
    const process = {
      infrastructureId: `${key} ${started.length}`,
      isUsable: true,
      isKilled: false,
      ended,
      wake: nothing,
      holder: null,
      loaded: Promise.resolve(null),
      run: nothing,
      cancel: nothing,
      interrupt: nothing,
      giveUp: nothing,
      tellsOf: [],
      tell: async () => ended,
      kill() {
        process.isUsable = false;
        process.isKilled = true;
        resolve(gone);
      },
    };
    started.push(process);
    return process;
  };
  return { code: { key, start }, started, waiting: () => started.filter(({ isUsable }) => isUsable).length };
}

function open(maxReady: number): { readonly ready: ReadyProcesses; readonly replace: () => Promise<void> } {
  const clock = createVirtualClock();
  return { ready: createReadyProcesses({ maxReady, clock }), replace: () => clock.advance(1000) };
}

test("a process that is taken is replaced, and one that is kept is the one that is given", async () => {
  const { ready, replace } = open(4);
  const { code, started } = createCode("a");
  ready.keep(code, 1);
  expect(started).toHaveLength(1);
  expect(ready.take(code)).toBe(started[0]);
  await replace();
  expect(started).toHaveLength(2);
  expect(ready.take(code)).toBe(started[1]);
});

test("without one that waits a new one is started, and from then on one is kept", async () => {
  const { ready, replace } = open(4);
  const { code, started } = createCode("a");
  expect(ready.take(code)).toBe(started[0]);
  await replace();
  expect(started).toHaveLength(2);
});

test("what was prepared for several runs is not kept after them", async () => {
  const { ready, replace } = open(10);
  const { code, started } = createCode("a");
  ready.prepare(code, 3);
  expect(started).toHaveLength(3);
  for (let run = 0; run < 3; run++) ready.take(code);
  await replace();
  expect(started).toHaveLength(4);
});

test("the bound holds for all codes together: the one asked for longest ago gives way", async () => {
  const { ready } = open(2);
  const [a, b, c] = [createCode("a"), createCode("b"), createCode("c")];
  ready.keep(a.code, 1);
  ready.keep(b.code, 1);
  ready.keep(c.code, 1);
  expect([a.waiting(), b.waiting(), c.waiting()]).toEqual([0, 1, 1]);
  ready.keep(b.code, 5);
  expect([a.waiting(), b.waiting(), c.waiting()]).toEqual([0, 2, 0]);
});

test("with room for none, each run starts its own", async () => {
  const { ready, replace } = open(0);
  const { code, started } = createCode("a");
  ready.keep(code, 2);
  expect(started).toHaveLength(0);
  ready.take(code);
  await replace();
  expect(started).toHaveLength(1);
});

test("a process that cannot load its code is not started again by itself", async () => {
  const { ready, replace } = open(4);
  const { code, started } = createCode("a");
  ready.keep(code, 1);
  started[0]?.kill();
  await replace();
  expect(started).toHaveLength(1);
});

test("one that is given back waits again, unless there is no room for it", async () => {
  const { ready, replace } = open(1);
  const { code, started } = createCode("a");
  ready.keep(code, 1);
  const taken = ready.take(code);
  ready.giveBack(code, taken);
  await replace();
  expect(started).toHaveLength(1);
  ready.take(code);
  await replace();
  ready.giveBack(code, taken);
  expect(started.map(({ isKilled }) => isKilled)).toEqual([true, false]);
});

test("closing ends those that wait", async () => {
  const { ready } = open(4);
  const { code, started } = createCode("a");
  ready.keep(code, 2);
  const taken = ready.take(code);
  await ready.close();
  expect(started.map((process) => process.isKilled)).toEqual(started.map((process) => process !== taken));
});

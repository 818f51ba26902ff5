import { expect, test } from "vitest";
import { type Clock, systemClock } from "../kit/clock.ts";
import { createDeferred } from "../kit/deferred.ts";
import { createVirtualClock } from "../kit/virtual-clock.ts";
import { startLoop } from "./start-loop.ts";

test("a tick that fails is told, and the next one comes, after a pause with jitter", async () => {
  const pauses: number[] = [];
  const clock: Clock = { ...systemClock, sleep: async (ms) => void pauses.push(ms) };
  const failures: unknown[] = [];
  const done = createDeferred();
  let ticks = 0;
  const loop = startLoop({
    clock,
    random: () => 0.5,
    everyMs: 1000,
    onFailure: (error) => failures.push(error),
    tick: async () => {
      ticks += 1;
      if (ticks === 2) throw new TypeError("a bad row");
      if (ticks === 4) done.resolve();
    },
  });
  expect(loop.state).toMatchObject({ startedAt: expect.any(Number), failures: 0, lastFailure: null });
  await done.promise;
  await loop.stop();
  expect(loop.state).toEqual({
    startedAt: expect.any(Number),
    endedAt: expect.any(Number),
    dueAt: expect.any(Number),
    lagMs: expect.any(Number),
    ticks: 4,
    failures: 1,
    lastFailure: { at: expect.any(Number), error: new TypeError("a bad row") },
  });
  expect(failures).toEqual([new TypeError("a bad row")]);
  expect(new Set(pauses)).toEqual(new Set([1100]));
});

test("stopping waits for the tick under way, and cuts a pause short", async () => {
  const release = createDeferred();
  const begun = createDeferred();
  let isOver = false;
  const loop = startLoop({
    clock: systemClock,
    random: () => 0,
    everyMs: 3_600_000,
    onFailure: () => undefined,
    tick: async () => {
      begun.resolve();
      await release.promise;
      isOver = true;
    },
  });
  await begun.promise;
  expect(loop.state).toMatchObject({ endedAt: null, dueAt: null });
  const stopped = loop.stop();
  release.resolve();
  await stopped;
  expect(isOver).toBe(true);
});

test("a tick is late by the time that has passed, and not because the wall clock was set", async () => {
  const clock = createVirtualClock();
  const release = createDeferred();
  const loop = startLoop({
    clock: {
      ...clock,
      now: () => clock.now(),
      sleep: async (ms) => void (await Promise.all([clock.sleep(ms), release.promise])),
    },
    random: () => 0,
    everyMs: 10_000,
    onFailure: () => undefined,
    tick: async () => undefined,
  });
  await clock.advance(4000);
  clock.setWallTime(clock.now() + 3_600_000);
  expect(loop.state).toMatchObject({ ticks: 1, lagMs: 0 });
  await clock.advance(9000);
  expect(loop.state).toMatchObject({ ticks: 1, lagMs: 3000 });
  const stopped = loop.stop();
  release.resolve();
  await stopped;
});

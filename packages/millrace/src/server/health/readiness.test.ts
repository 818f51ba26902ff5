import { expect, test } from "vitest";
import { MillraceError } from "../../contract/errors.ts";
import type { LoopStatus } from "../../contract/wire/server-description.ts";
import { createDeferred } from "../../kit/deferred.ts";
import { createVirtualClock } from "../../kit/virtual-clock.ts";
import { createReadinessWatch, type ReadinessOptions } from "./readiness.ts";
import { findStuckLoops } from "./stuck-loops.ts";

function watch(options: Partial<ReadinessOptions> = {}) {
  const clock = createVirtualClock();
  const watched = createReadinessWatch({
    clock,
    withinMs: 1000,
    checkDatabase: async () => undefined,
    readLoops: () => [],
    ...options,
  });
  return { clock, ...watched };
}

const aLoop = (fields: Partial<LoopStatus>): LoopStatus => ({
  name: "late runs",
  everyMs: 5000,
  startedAt: 0,
  endedAt: 1,
  lagMs: 0,
  ticks: 1,
  failures: 0,
  lastError: null,
  ...fields,
});

test("a server is ready when its database answers and its loops go round", async () => {
  expect(await watch({ readLoops: () => [aLoop({})] }).read()).toEqual({ status: "ready", problems: [] });
});

test("a server that stops is not, whatever else it could do", async () => {
  const readiness = watch();
  readiness.announceStop();
  expect(await readiness.read()).toEqual({
    status: "not ready",
    problems: [{ part: "shutdown", name: null, code: null, reason: "it is stopping" }],
  });
});

test("a database that does not answer in time is asked once, however many ask", async () => {
  const answer = createDeferred();
  let asked = 0;
  const { clock, read } = watch({
    checkDatabase: () => {
      asked++;
      return answer.promise;
    },
  });
  const both = Promise.all([read(), read()]);
  await clock.advance(1000);
  const problem = {
    part: "database",
    name: null,
    code: "DATABASE_UNREACHABLE",
    reason: "it does not answer within 1s",
  };
  expect((await both).map(({ problems }) => problems)).toEqual([[problem], [problem]]);
  const later = read();
  expect(asked).toBe(1);
  answer.resolve();
  expect(await later).toMatchObject({ status: "ready" });
  await read();
  expect(asked).toBe(2);
});

test("why a database cannot be used is told by its code, without its place", async () => {
  const error = new MillraceError("LEDGER_FULL", { location: "/secret/place" });
  const full = await watch({ checkDatabase: () => Promise.reject(error) }).read();
  expect(full.problems).toEqual([{ part: "database", name: null, code: "LEDGER_FULL", reason: "its disk is full" }]);
  const broken = await watch({ checkDatabase: () => Promise.reject(new Error("password of ada")) }).read();
  expect(JSON.stringify(broken)).not.toMatch(/ada|secret/);
  expect(broken.problems).toMatchObject([{ code: null }]);
});

test("a loop is stuck after ten periods and a minute", () => {
  const told = (fields: Partial<LoopStatus>, now = 0) =>
    findStuckLoops([aLoop(fields)], now).map(({ name, reason }) => [name, reason]);
  expect(told({ lagMs: 60_000 })).toEqual([]);
  expect(told({ lagMs: 60_001 })).toEqual([["late runs", "its next tick is late by 1m 00s"]]);
  expect(told({ endedAt: null }, 60_000)).toEqual([]);
  expect(told({ endedAt: null }, 90_000)).toEqual([["late runs", "its tick has gone on for 1m 30s"]]);
  expect(told({ everyMs: 60_000, lagMs: 600_000 })).toEqual([]);
  expect(told({ everyMs: 60_000, lagMs: 600_001 })).toEqual([["late runs", "its next tick is late by 10m 00s"]]);
  expect(told({ startedAt: null, endedAt: null }, 1e12)).toEqual([]);
});

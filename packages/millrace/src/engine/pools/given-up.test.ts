/** What becomes of a worker whose body has called something that was told to stop. */

import { expect, onTestFinished, test } from "vitest";
import type { BodyCalls, BodyPlace, BodyPool, PoolHost } from "../../contract/pools.ts";
import { brands, type TaskFuture } from "../../contract/runtime.ts";
import * as bodies from "./fixtures/bodies.ts";
import { callOf, taskRun } from "./fixtures/calls.ts";
import type { PoolOptions } from "./pool.ts";
import { createProcessPool } from "./process-pool.ts";
import { createThreadPool } from "./thread-pool.ts";

const shortGraceMs = 200;
/** Long enough that a machine with much to do is no blocked thread. */
const longGraceMs = 1_500;

/** Makes calls as the engine does: those of this name are told to stop a while after they have begun. */
function callsThatStop(
  stopped: string,
  graceMs: number,
): {
  readonly more: { readonly calls: BodyCalls; readonly host: PoolHost; readonly graceMs: number };
  readonly ends: Map<string, Promise<unknown>>;
} {
  let place: BodyPlace | null = null;
  const ends = new Map<string, Promise<unknown>>();
  const run = (name: string, fn: () => unknown): Promise<unknown> => {
    const stop = new AbortController();
    place = { taskRun, tags: [], captureConsole: false, trace: null, signal: stop.signal, log: () => undefined, calls };
    const given = Promise.withResolvers<unknown>();
    Promise.resolve(fn()).then(given.resolve, given.reject);
    if (name === stopped) {
      setTimeout(() => {
        stop.abort(new Error(`${name} is told to stop`));
        given.reject(stop.signal.reason);
      }, 100);
    }
    given.promise.catch(() => undefined);
    return given.promise;
  };
  const calls: BodyCalls = {
    begin: ({ definitionAt }) => {
      const { name, fn } = definitionAt(0);
      const done = run(name, fn as () => unknown);
      ends.set(name, done);
      const state = { type: "RUNNING", name: "Running", at: 0 } as const;
      const future = { [brands.future]: true, taskName: name, state } as unknown as TaskFuture;
      return [{ taskRunId: name, future, done, stop: () => undefined }];
    },
    step: async () => undefined,
    madeBy: () => undefined,
    makerOf: () => undefined,
    madeIn: () => [],
    standInFor: () => null,
  };
  const host = { place: () => place, working: () => undefined } as unknown as PoolHost;
  return { more: { calls, host, graceMs }, ends };
}

const pools = { threads: createThreadPool, processes: createProcessPool };

function open(kind: keyof typeof pools, options: PoolOptions = {}): BodyPool {
  const pool = pools[kind]({ limit: 1, ...options });
  onTestFinished(async () => pool.close({ abandon: true }));
  return pool;
}

const kinds = Object.keys(pools) as (keyof typeof pools)[];

test.for(kinds)("what obeys leaves the others of its worker alone, in %s", async (kind) => {
  const { more, ends } = callsThatStop("obeys", longGraceMs);
  await open(kind).run(callOf(bodies.leaveObeying, [longGraceMs * 2], more));
  await expect(ends.get("obeys")).rejects.toThrow("told to stop");
  expect(await ends.get("lasting")).toBe("lasted");
});

test.for(kinds)(
  "a worker in which nothing runs but what does not obey is ended after the grace, in %s",
  async (kind) => {
    const pool = open(kind);
    expect(await pool.run(callOf(bodies.countServed))).toBe(1);
    const { more } = callsThatStop("ignores", shortGraceMs);
    expect(await pool.run(callOf(bodies.outlast, ["ignores", 0], more))).toBe("Error: ignores is told to stop");
    expect(await pool.run(callOf(bodies.countServed))).toBe(1);
  },
);

test.for(kinds)("a body goes on beside what does not obey, as long as that blocks it not, in %s", async (kind) => {
  const { more } = callsThatStop("ignores", longGraceMs);
  expect(await open(kind).run(callOf(bodies.outlast, ["ignores", longGraceMs * 3], more))).toBe(
    "Error: ignores is told to stop",
  );
});

test.for(kinds)("a worker that is blocked by what does not obey is ended with its body, in %s", async (kind) => {
  const pool = open(kind);
  const { more } = callsThatStop("blocks", shortGraceMs);
  await expect(pool.run(callOf(bodies.outlast, ["blocks", 0], more))).rejects.toThrow("blocks is told to stop");
  expect(await pool.run(callOf(bodies.countServed))).toBe(1);
});

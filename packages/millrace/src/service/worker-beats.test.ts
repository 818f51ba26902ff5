import { afterEach, beforeEach, expect, test } from "vitest";
import type { Api } from "../contract/api.ts";
import type { Store } from "../contract/store.ts";
import { createVirtualClock, type VirtualClock } from "../kit/virtual-clock.ts";
import { makeSqliteLedger } from "../store/sqlite/sqlite-ledger.testsuite.ts";
import type { TestLedger } from "../store/suite/ledger.testsuite.ts";
import { createService } from "./create-service.ts";

let ledger: TestLedger;
let clock: VirtualClock;
let api: Api;
/** What the store was asked for, by its methods. */
let calls: string[] = [];

beforeEach(async () => {
  ledger = await makeSqliteLedger();
  clock = createVirtualClock();
  api = createService({ store: counted(await ledger.open()), clock });
});
afterEach(async () => {
  await api.close();
  await ledger.remove();
});

function counted(store: Store): Store {
  const of = (name: keyof Store) => {
    const call = store[name] as (...args: readonly unknown[]) => unknown;
    return typeof call !== "function" ? call : (...args: readonly unknown[]) => (calls.push(name), call(...args));
  };
  return Object.fromEntries(Object.keys(store).map((name) => [name, of(name as keyof Store)])) as unknown as Store;
}

/** In virtual time. */
async function all<T>(promises: readonly Promise<T>[]): Promise<readonly T[]> {
  const done = Promise.all(promises);
  await clock.advance(1000);
  return done;
}

test("heartbeats of many workers that are known are a few writes, and each is heard of", async () => {
  const { id: workPoolId } = await api.createWorkPool({ name: "pool", type: "process" });
  const names = Array.from({ length: 100 }, (_, index) => `worker-${index}`);
  const beat = (name: string) =>
    api.heartbeatWorker({ workPoolId, name, heartbeatIntervalMs: 10_000, runtime: "node" });
  const first = await all(names.map(beat));
  await clock.advance(10_000);
  calls = [];
  const second = await all(names.map(beat));
  expect(calls.length).toBeLessThanOrEqual(6);
  expect(second.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
  const { items } = await api.listObjects("worker", {}, { limit: 200 });
  expect(items.filter(({ heartbeatAt }) => heartbeatAt >= (first[0]?.heartbeatAt ?? 0) + 10_000)).toHaveLength(100);
});

test("a worker that says something else of itself, or whose row is gone, is written down anew", async () => {
  const { id: workPoolId } = await api.createWorkPool({ name: "pool", type: "process" });
  const beat = (more: object = {}) =>
    api.heartbeatWorker({ workPoolId, name: "w", heartbeatIntervalMs: 10_000, ...more });
  const [first] = await all([beat()]);
  expect(await all([beat({ heartbeatIntervalMs: 5000 })])).toMatchObject([
    { id: first?.id, heartbeatIntervalMs: 5000 },
  ]);
  await api.deleteObject("worker", first?.id ?? "");
  const [again] = await all([beat({ heartbeatIntervalMs: 5000 })]);
  expect(again?.id).not.toBe(first?.id);
  expect((await api.listObjects("worker")).items.map(({ id }) => id)).toEqual([again?.id]);
});

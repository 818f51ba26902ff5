/**
 * Schedulers, and those who take runs, are shown what the ledger held up to a minute ago, each time as of another moment, as by copies
 * that lag behind. What they decide by it is guarded where it is written: no due time has two runs, and no run is taken twice.
 */

import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import type { Api } from "../contract/api.ts";
import type { Store } from "../contract/store.ts";
import { type Clock, systemClock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { createRandom, pick } from "../kit/random.ts";
import { createService } from "../service/create-service.ts";
import { openSqliteStore } from "../store/sqlite/open.ts";
import { makeSqliteLedger } from "../store/sqlite/sqlite-ledger.testsuite.ts";
import { createSchedulerLoop } from "./scheduler.ts";

const startAt = Date.UTC(2026, 10, 25, 12);
const minuteMs = 60_000;
const stepMs = 15_000;
const steps = 40;
const lagMs = 60_000;
const servers = 3;

/** What asks a store, and changes nothing. */
const asks = /^(read|find|count|list|summarize|walk)/;

test("what is decided by old answers makes no run twice, and takes none twice", async () => {
  const ledger = await makeSqliteLedger();
  const random = createRandom("stale reads");
  let now = startAt;
  const clock: Clock = { ...systemClock, now: () => now };
  const open = (path: string): Promise<Store> => openSqliteStore({ path, durability: "process", clock });
  const own = await open(ledger.path);
  const copies: { readonly at: number; readonly store: Store }[] = [];

  async function copy(): Promise<void> {
    const path = join(dirname(ledger.path), `copy-${copies.length}.db`);
    const database = new DatabaseSync(ledger.path);
    database.exec(`vacuum into '${path}'`);
    database.close();
    copies.push({ at: now, store: await open(path) });
  }

  /** Writes where all do, and is answered by any copy that is not too old. */
  const lagging = new Proxy(own, {
    get(store, name) {
      const member: unknown = Reflect.get(store, name);
      if (typeof member !== "function" || !asks.test(String(name))) return member;
      return (...args: readonly unknown[]): unknown => {
        const asked = pick(random, [own, ...copies.filter(({ at }) => now - at <= lagMs).map((each) => each.store)]);
        return Reflect.apply(Reflect.get(asked, name) as typeof member, asked, args);
      };
    },
  });

  const truth = createService({ store: own, clock });
  const spec = { kind: "interval", everyMs: minuteMs, anchorAt: startAt } as const;
  const schedule = { slug: null, active: true, spec, catchUp: { policy: "all" } } as const;
  for (const name of ["a", "b"]) await truth.saveDeployment({ flowName: "etl", name, schedules: [schedule] });
  const apis: readonly Api[] = Array.from({ length: servers }, () => createService({ store: lagging, clock }));
  const loops = apis.map((api) => createSchedulerLoop({ api, clock, horizonMs: 2 * minuteMs }));
  const taken: string[] = [];
  let refused = 0;

  async function take(api: Api): Promise<void> {
    const { items } = await api.listFlowRuns({ stateTypes: ["SCHEDULED"] }, "due-asc", { limit: 100 });
    for (const { id, dueAt, state: seen } of items) {
      if ((dueAt ?? Infinity) > now) continue;
      // As a worker asks for it.
      const state = { type: "PENDING", name: "Pending", details: { transitionId: uuidv7() } } as const;
      const { decision } = await api.proposeFlowRunState({ id, state, stateAt: seen.at, guest: true });
      if (decision.answer === "ACCEPT") taken.push(id);
      else refused++;
    }
  }

  for (let step = 0; step < steps; step++) {
    await copy();
    now += stepMs;
    // Whoever is told that too many were faster comes again.
    await Promise.allSettled([...loops.map((loop) => loop.tick()), ...apis.map(take)]);
  }
  await createSchedulerLoop({ api: truth, clock, horizonMs: 2 * minuteMs }).tick();

  const { items } = await truth.listFlowRuns({}, "due-asc", { limit: 1000 });
  const due = items.filter(({ expectedAt }) => (expectedAt ?? Infinity) <= now);
  const slots = due.map(({ deploymentId, expectedAt }) => `${deploymentId} ${expectedAt}`);
  expect(new Set(slots).size).toBe(slots.length);
  expect(slots.length).toBe(2 * ((steps * stepMs) / minuteMs));
  expect(new Set(taken).size).toBe(taken.length);
  expect(taken.length).toBeGreaterThan(slots.length / 2);
  for (const { history } of items) expect(history.filter(({ type }) => type === "PENDING").length).toBeLessThan(2);
  // It is they who were late: without the copies nobody is refused.
  expect(refused).toBeGreaterThan(0);
  await Promise.all([own, ...copies.map(({ store }) => store)].map((store) => store.close()));
  await ledger.remove();
});

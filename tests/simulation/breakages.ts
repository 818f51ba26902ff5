/** Stores that break a promise, each with the invariant that must find it. */

import type { ConcurrencyLimit } from "../../packages/millrace/src/contract/objects.ts";
import type { FlowRunTransition } from "../../packages/millrace/src/contract/record.ts";
import type { Store, StoreBatch } from "../../packages/millrace/src/contract/store.ts";
import { isTerminal } from "../../packages/millrace/src/contract/states.ts";
import { uuidv7 } from "../../packages/millrace/src/kit/ids.ts";
import type { BreakIt } from "./nodes/database.ts";

export interface Breakage {
  /** A store that … */
  readonly name: string;
  /** How each violation begins, one of which must be found. */
  readonly foundAs: readonly string[];
  readonly breakIt: BreakIt;
}

const recording =
  (change: (batch: StoreBatch, store: Store) => StoreBatch | Promise<StoreBatch>): BreakIt =>
  (store) => ({ ...store, record: async (batch) => store.record(await change(batch, store)) });

/** Guarded by what the run is now, which is no guard. */
async function unguarded(transition: FlowRunTransition, store: Store): Promise<FlowRunTransition> {
  const [run] = await store.readFlowRuns([transition.id]);
  if (run === undefined) return transition;
  const expected = { stateTypes: [run.state.type], stateAt: run.state.at, epoch: run.epoch };
  return {
    ...transition,
    expected,
    state: { ...transition.state, at: Math.max(transition.state.at, run.state.at + 0.001) },
  };
}

export const breakages: readonly Breakage[] = [
  {
    name: "writes a state whatever the run has become",
    foundAs: ["I4", "I1/I2"],
    breakIt: recording(async (batch, store) => ({
      ...batch,
      transitions: await Promise.all(batch.transitions.map((each) => unguarded(each, store))),
    })),
  },
  {
    name: "forgets the event of a state",
    foundAs: ["I1"],
    breakIt: (store, sqlite) => ({
      ...store,
      async record(batch) {
        const outcome = await store.record(batch);
        const isEnd = batch.transitions.some(({ state }) => isTerminal(state.type));
        if (isEnd) sqlite.exec("delete from event where seq = (select max(seq) from event)");
        return outcome;
      },
    }),
  },
  {
    name: "knows no idempotency key",
    foundAs: ["I3"],
    breakIt: recording((batch) => ({
      ...batch,
      created: batch.created.map((run) => ({ ...run, idempotencyKey: null })),
    })),
  },
  {
    name: "answers that a run is made, and makes none",
    foundAs: ["I3"],
    breakIt: (store) => ({
      ...store,
      async record(batch) {
        const outcome = await store.record(batch);
        for (const { run, isNew } of outcome.created) {
          if (isNew && run.parameters.includes("submission")) await store.deleteFlowRun(run.id);
        }
        return outcome;
      },
    }),
  },
  {
    name: "takes what a stale owner says of its task runs",
    foundAs: ["I4"],
    breakIt: (store) => ({
      ...store,
      async record(batch) {
        const taskRuns = batch.taskRuns.map((change) => ({ ...change, epoch: Number.MAX_SAFE_INTEGER }));
        return { ...(await store.record({ ...batch, taskRuns })), stale: [] };
      },
    }),
  },
  {
    name: "makes a run for a due time although there is one",
    foundAs: ["I5"],
    breakIt: recording((batch) => ({
      ...batch,
      created: batch.created.map((run) => (run.autoScheduled === true ? { ...run, id: uuidv7() } : run)),
    })),
  },
  {
    name: "loses runs of schedules that it says are there",
    foundAs: ["I5"],
    breakIt: (store) => {
      let count = 0;
      return {
        ...store,
        async record(batch) {
          const outcome = await store.record(batch);
          for (const { run, isNew } of outcome.created) {
            if (isNew && run.autoScheduled && ++count % 2 === 0) await store.deleteFlowRun(run.id);
          }
          return outcome;
        },
      };
    },
  },
  {
    name: "keeps no firing of an automation",
    foundAs: ["I8", "I10"],
    breakIt: (store) => ({
      ...store,
      insertObject: (kind, object, event) =>
        kind === "automation-firing" ? Promise.resolve(object) : store.insertObject(kind, object, event),
    }),
  },
  {
    name: "grants slots that are taken",
    foundAs: ["I6"],
    breakIt: (store) => ({
      ...store,
      changeLimits: (names, decide, leaseId) =>
        store.changeLimits(
          names,
          (limits, lease) => {
            const free: readonly ConcurrencyLimit[] = limits.map((limit) => ({ ...limit, taken: 0 }));
            return decide(free, lease);
          },
          leaseId,
        ),
    }),
  },
  {
    name: "never frees a slot",
    foundAs: ["I10"],
    breakIt: (store) => ({ ...store, endSlotLease: async () => true }),
  },
  {
    name: "loses log lines",
    foundAs: ["I7"],
    breakIt: recording((batch) => ({ ...batch, logs: batch.logs.slice(1) })),
  },
  {
    name: "turns log lines round",
    foundAs: ["I7"],
    breakIt: recording((batch) => ({ ...batch, logs: batch.logs.toReversed() })),
  },
  {
    name: "knows of no process that has died",
    foundAs: ["I10"],
    breakIt: (store) => ({
      ...store,
      findProcesses: async (ids) => (ids === undefined ? [] : store.findProcesses(ids)),
    }),
  },
  {
    name: "forgets what was completed before",
    foundAs: ["promise 2", "I2"],
    breakIt: (store) => ({ ...store, readRecords: async () => [] }),
  },
  {
    name: "lets its file be damaged",
    foundAs: ["I11"],
    breakIt: (store, sqlite) => ({
      ...store,
      async deleteProcess(id) {
        await store.deleteProcess(id);
        damage(sqlite);
      },
    }),
  },
];

/** A text where the table takes numbers only: what the table takes is changed for the time of the write. */
function damage(sqlite: Parameters<BreakIt>[1]): void {
  const change = (from: string, to: string): void => {
    sqlite.exec("pragma writable_schema = on");
    sqlite.prepare("update sqlite_schema set sql = replace(sql, ?, ?) where name = 'flow'").run(from, to);
    sqlite.exec("pragma writable_schema = reset");
  };
  sqlite.enableDefensive(false);
  change(") strict", ") /* strict */");
  sqlite.exec("update flow set created_at = 'damaged'");
  change(") /* strict */", ") strict");
  sqlite.enableDefensive(true);
}

/** A ledger in which much happens: runs begin and end, the task runs of one change, and it writes lines to its log. */

import type { Client } from "millrace/client";
import { processId, type RunSpec, runIdOf, type TaskSpec, toRecords } from "../seeds/run-spec.ts";
import { type LiveRun, startLiveRun } from "./live-run.ts";

export interface BusyLedger {
  /** The run whose task runs change. */
  readonly run: LiveRun;
  /** Keeps some 500 updates a second coming, so long. */
  keepBusy(forMs: number): Promise<void>;
  /** Events and lines of log so far. */
  countUpdates(): Promise<number>;
}

const everyMs = 250;
/** Of each batch: runs that begin and, with the next batch, end; task runs that change; lines of log. */
const runsEach = 20;
const tasksEach = 45;
const linesEach = 25;
const taskRuns = 450;

export async function openBusyLedger(api: Client): Promise<BusyLedger> {
  const run = await startLiveRun(api, { flow: "busy", name: "busy", agoMs: 60_000 });
  // Each is tried again and again: with each change it has failed once more, and goes on.
  const task = (index: number, turn: number): TaskSpec => {
    const attempts = turn + 1;
    return {
      task: "step",
      name: `step-${index}`,
      fromMs: index * 100,
      tookMs: (2 * attempts - 1) * 100,
      state: "Running",
      attempts,
    };
  };
  await run.record(Array.from({ length: taskRuns }, (_, index) => task(index, 0)));
  let round = 0;
  let lines = 0;
  let begun: readonly string[] = [];

  const send = async (): Promise<void> => {
    round += 1;
    const specs = Array.from({ length: runsEach }, (_, index): RunSpec => {
      return { flow: "busy", name: `busy-${round}-${index}`, agoMs: 10, state: "Running" };
    });
    const created = specs.flatMap((spec) =>
      [...toRecords(spec, Date.now()).parts].flatMap((part) => part.created ?? []),
    );
    const at = Date.now();
    const proposals = begun.map((id) => ({
      id,
      epoch: 1,
      state: { type: "COMPLETED", name: "Completed", at } as const,
      error: null,
      result: null,
    }));
    begun = specs.map(({ flow, name }) => runIdOf(flow, name));
    const first = (round * tasksEach) % taskRuns;
    const turn = 1 + Math.floor((round * tasksEach) / taskRuns);
    await Promise.all([
      api.record({ processId, created, proposals }),
      run.record(Array.from({ length: tasksEach }, (_, index) => task((first + index) % taskRuns, turn))),
      run.log(Array.from({ length: linesEach }, () => ({ atMs: 60_000 + lines, message: `line ${++lines}` }))),
    ]);
  };
  return {
    run,
    async keepBusy(forMs) {
      const startedAt = performance.now();
      // What was late is made up for.
      for (let nextMs = everyMs; nextMs <= forMs; nextMs += everyMs) {
        await send();
        const restMs = startedAt + nextMs - performance.now();
        if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
      }
    },
    async countUpdates() {
      const [newest] = (await api.listEvents({ order: "newest-first" }, { limit: 1 })).items;
      return (newest?.seq ?? 0) + lines;
    },
  };
}

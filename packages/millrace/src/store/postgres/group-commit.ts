/**
 * Group commit for a server: what many requests record at once is one transaction, so one round trip and one flush. A batch
 * with task runs comes from an engine, which has gathered it already; it goes by itself. Starts that no token depends on do
 * not wait for the disk at all: see docs/decisions/0002.
 */

import type { StoreBatch, StoreOutcome } from "../../contract/store.ts";
import { gather } from "../../kit/gather.ts";
import type { Recorder } from "./record.ts";

/** Batches of one transaction: bounds how long the last of them waits for the first. */
const maxBatches = 100;
/** What they may hold in all, in characters, about: all of it is put into words in one go, for which others have to wait. */
const maxChars = 512 * 1024;
/** Of what has no long texts. */
const itemChars = 300;

export function groupCommits(recorders: { readonly record: Recorder; readonly recordUnflushed: Recorder }): Recorder {
  const { record } = recorders;
  const together = gatherBatches(record);
  const starts = gatherBatches(recorders.recordUnflushed);
  return (batch) => {
    if (goesAlone(batch)) return record(batch);
    return isOnlyStarts(batch) ? starts(batch) : together(batch);
  };
}

function gatherBatches(record: Recorder): Recorder {
  return gather<StoreBatch, StoreOutcome>({
    max: maxBatches,
    maxSize: maxChars,
    sizeOf: charsOf,
    ask: async (batches) => {
      const [only, another] = batches;
      if (only !== undefined && another === undefined) return [await record(only)];
      return split(batches, await record(join(batches)));
    },
  });
}

function charsOf({ created, transitions, logs, artifacts, events }: StoreBatch): number {
  const long = [
    ...created.map(({ parameters }) => parameters.length),
    ...logs.map(({ message, fields }) => message.length + (fields?.length ?? 0)),
    ...artifacts.map(({ data }) => data.length),
    ...events.map(({ payload }) => payload?.length ?? 0),
  ];
  return long.reduce((sum, chars) => sum + chars + itemChars, transitions.length * itemChars);
}

function isOnlyStarts({ created, transitions, logs, artifacts, events }: StoreBatch): boolean {
  if (logs.length + artifacts.length + events.length > 0) return false;
  return (
    created.every(({ mayBeLost }) => mayBeLost === true) && transitions.every(({ mayBeLost }) => mayBeLost === true)
  );
}

/** One that asks for room in a pool must not be counted beside another that does. */
function goesAlone({ taskRuns, transitions }: StoreBatch): boolean {
  return taskRuns.length > 0 || transitions.some(({ room }) => room !== undefined);
}

function join(batches: readonly StoreBatch[]): StoreBatch {
  return {
    created: batches.flatMap(({ created }) => created),
    transitions: batches.flatMap(({ transitions }) => transitions),
    taskRuns: [],
    logs: batches.flatMap(({ logs }) => logs),
    artifacts: batches.flatMap(({ artifacts }) => artifacts),
    events: batches.flatMap(({ events }) => events),
  };
}

function split(batches: readonly StoreBatch[], outcome: StoreOutcome): readonly StoreOutcome[] {
  let created = 0;
  let transitions = 0;
  return batches.map((batch) => {
    const own = new Set([...batch.logs, ...batch.artifacts].map(({ flowRunId }) => flowRunId));
    return {
      created: outcome.created.slice(created, (created += batch.created.length)),
      transitions: outcome.transitions.slice(transitions, (transitions += batch.transitions.length)),
      stale: outcome.stale.filter((id) => own.has(id)),
    };
  });
}

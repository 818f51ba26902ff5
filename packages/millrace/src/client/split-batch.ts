/**
 * A batch that is too large for one request is sent as several, one after the other. Each is still written as a whole, and
 * they are in an order that a death in between can not harm: runs are created first, and change their state last. What was
 * sent before is recorded then, and sending it again changes nothing.
 */

import type { RecordBatch, RecordOutcome } from "../contract/record.ts";

/** In characters of what has no bound of its own. A server takes 16 MiB; a character may need three bytes, escaped. */
const maxChars = 4 * 2 ** 20;

/** What an item needs beside its long texts, about. */
const itemChars = 1000;

type Items = Required<Pick<RecordBatch, "taskRuns" | "logs" | "artifacts" | "events">>;

export function splitBatch(batch: RecordBatch, limitChars = maxChars): readonly RecordBatch[] {
  const { taskRuns = [], logs = [], artifacts = [], events = [], created, proposals, processId } = batch;
  const parts: { [Kind in keyof Items]: Items[Kind][number][] }[] = [];
  let leftChars = 0;

  function put<Kind extends keyof Items>(
    kind: Kind,
    items: Items[Kind],
    sizeOf: (item: Items[Kind][number]) => number,
  ) {
    for (const item of items) {
      const chars = itemChars + sizeOf(item);
      if (parts.length === 0 || chars > leftChars) {
        parts.push({ taskRuns: [], logs: [], artifacts: [], events: [] });
        leftChars = limitChars;
      }
      leftChars -= chars;
      const list: Items[Kind][number][] | undefined = parts.at(-1)?.[kind];
      list?.push(item);
    }
  }

  put(
    "taskRuns",
    taskRuns,
    ({ result, error }) => (result?.storage === "inline" ? result.data.length : 0) + lengthOf(error),
  );
  put("logs", logs, ({ message, fields }) => message.length + (fields?.length ?? 0));
  put("artifacts", artifacts, ({ data }) => data.length);
  put("events", events, ({ payload }) => payload?.length ?? 0);
  if (parts.length < 2) return [batch];
  return parts.map((part, index) => ({
    processId,
    ...part,
    ...(index === 0 && created !== undefined ? { created } : {}),
    ...(index === parts.length - 1 && proposals !== undefined ? { proposals } : {}),
  }));
}

function lengthOf(
  error: { readonly stack: string | null; readonly data: string | null; readonly message: string } | null,
): number {
  return error === null ? 0 : error.message.length + (error.stack?.length ?? 0) + (error.data?.length ?? 0);
}

/** What became of the whole, from its parts. */
export function joinOutcomes(outcomes: readonly RecordOutcome[]): RecordOutcome {
  return {
    created: outcomes.flatMap(({ created }) => created),
    proposals: outcomes.flatMap(({ proposals }) => proposals),
    stale: [...new Set(outcomes.flatMap(({ stale }) => stale))],
  };
}

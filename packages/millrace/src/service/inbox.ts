/** What waits for people, and the history of what they answered. */

import type { Api } from "../contract/api.ts";
import { MillraceError } from "../contract/errors.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { InboxItem } from "../contract/inbox.ts";
import type { Condition } from "../contract/query.ts";
import type { Page } from "../contract/records.ts";
import { isTerminal } from "../contract/states.ts";
import type { Store } from "../contract/store.ts";
import { toAnswers, toInboxItem } from "./paused-run.ts";

/** Items of a page: the inputs of each run are read one after the other. */
const maxItems = 200;

export function createInbox(store: Store): Pick<Api, "listInbox" | "readInboxItem" | "listAnswers"> {
  return {
    async listInbox({ flowNames, rootRunIds, answerers } = {}, page = {}): Promise<Page<InboxItem>> {
      const where: Condition = {
        all: [
          { field: "stateType", in: ["PAUSED"] },
          ...(rootRunIds === undefined ? [] : [{ field: "rootRunId", in: rootRunIds }]),
        ],
      };
      const filter = { where, ...(flowNames === undefined ? {} : { flowNames }) };
      const limited = { ...page, limit: Math.min(page.limit ?? maxItems, maxItems) };
      const { items: runs, next } = await store.findFlowRuns(filter, "created-asc", limited);
      const around = await findAround(store, runs);
      const items: InboxItem[] = [];
      for (const run of runs) {
        const item = around.has(run.id) ? null : toInboxItem(run, await store.findRunInputs(run.id));
        if (item !== null && (answerers === undefined || mayAnswer(item, answerers))) items.push(item);
      }
      return { items, next };
    },
    async readInboxItem(flowRunId) {
      const waiting = await findWaiting(store, await readOrThrow(store, flowRunId));
      return waiting === null ? null : toInboxItem(waiting, await store.findRunInputs(waiting.id));
    },
    async listAnswers(flowRunId) {
      const run = await readOrThrow(store, flowRunId);
      return toAnswers(run, await store.findRunInputs(flowRunId));
    },
  };
}

function mayAnswer(item: InboxItem, names: readonly string[]): boolean {
  return item.answerers.length === 0 || item.answerers.some((name) => names.includes(name));
}

/** Runs that are suspended only because a subflow of theirs is: that one asks. */
async function findAround(store: Store, runs: readonly FlowRun[]): Promise<ReadonlySet<string>> {
  const parentRunIds = runs.filter(({ state }) => state.details?.pauseKey === undefined).map(({ id }) => id);
  if (parentRunIds.length === 0) return new Set();
  const { items } = await store.findFlowRuns({ parentRunIds, stateTypes: ["PAUSED"] }, "created-asc", {
    limit: 10_000,
  });
  return new Set(items.flatMap(({ parentRunId }) => (parentRunId === null ? [] : [parentRunId])));
}

export async function readOrThrow(store: Store, id: string): Promise<FlowRun> {
  const [run] = await store.readFlowRuns([id]);
  if (run === undefined) throw new MillraceError("RUN_NOT_FOUND", { kind: "flow run", id });
  return run;
}

/** The run itself, or the subflow of it that asks; null when none does. */
export async function findWaiting(store: Pick<Store, "findFlowRuns">, run: FlowRun): Promise<FlowRun | null> {
  if (isTerminal(run.state.type)) return null;
  if (run.state.type === "PAUSED" && run.state.details?.pauseKey !== undefined) return run;
  const { items } = await store.findFlowRuns({ parentRunIds: [run.id] }, "created-asc", { limit: 10_000 });
  for (const child of items) {
    const found = await findWaiting(store, child);
    if (found !== null) return found;
  }
  return run.state.type === "PAUSED" ? run : null;
}

/** Reading a ledger whole: lists come in pages, and a test wants all of it. */

import type { Api } from "../contract/api.ts";
import type { FlowRun, FlowRunFilter } from "../contract/flow-run.ts";
import type { Artifact, Page, PageRequest, StoredEvent, StoredLogLine } from "../contract/records.ts";
import type { TaskRun } from "../contract/task-run.ts";
import { idOf, type RunSubject } from "./subjects.ts";

export interface LedgerReading {
  /** Runs in the order in which they were created; subflows too, unless the filter says otherwise. */
  runs(filter?: FlowRunFilter): Promise<readonly FlowRun[]>;
  /** The run as it is now. RUN_NOT_FOUND */
  read(run: RunSubject): Promise<FlowRun>;
  /** The task runs of a run, or those of one task, in the order of their calls. */
  taskRuns(run: RunSubject, taskName?: string): Promise<readonly TaskRun[]>;
  /** The log lines of a run, or of all, oldest first. */
  logs(run?: RunSubject): Promise<readonly StoredLogLine[]>;
  artifacts(run?: RunSubject): Promise<readonly Artifact[]>;
  /** Events of states, and those that user code emitted, oldest first. */
  events(run?: RunSubject): Promise<readonly StoredEvent[]>;
}

const pageSize = 10_000;

async function allOf<T>(list: (page: PageRequest) => Promise<Page<T>>): Promise<readonly T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await list({ limit: pageSize, cursor });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return items;
}

function ofRun(run: RunSubject | undefined): { readonly flowRunIds?: readonly string[] } {
  return run === undefined ? {} : { flowRunIds: [idOf(run)] };
}

/** `api` is asked for each time: the process that a test talks to may die. */
export function createReading(api: () => Promise<Api>): Omit<LedgerReading, "read"> {
  return {
    runs: (filter = {}) => allOf(async (page) => (await api()).listFlowRuns(filter, "created-asc", page)),
    async taskRuns(run, taskName) {
      const records = await (await api()).readRecords(idOf(run));
      return records
        .filter((record) => taskName === undefined || record.taskName === taskName)
        .toSorted((one, other) => one.createdAt - other.createdAt || one.seq - other.seq);
    },
    logs: (run) => allOf(async (page) => (await api()).listLogs(ofRun(run), page)),
    artifacts: (run) => allOf(async (page) => (await api()).listArtifacts(ofRun(run), page)),
    events: (run) => allOf(async (page) => (await api()).listEvents(ofRun(run), page)),
  };
}

/** What belongs to a run: itself, the runs that it calls and those that these call, and what they record. */

import type { KeyScope } from "../../../contract/access.ts";
import type { Api } from "../../../contract/api.ts";
import type { Condition } from "../../../contract/query.ts";

export type OwnRunsApi = Pick<Api, "readFlowRun" | "listTaskRuns" | "listArtifacts" | "count">;

/** Runs that call each other, at most. */
const maxDepth = 100;
/** Of each kind, what is known to belong to it. */
const maxKnown = 10_000;
/** Looked up at once. */
const maxAtOnce = 1000;

export interface OwnRuns {
  readonly processId: string;
  readonly flowRunId: string;
  /** False for one that is not there. */
  isRun(id: string): Promise<boolean>;
  /** Null and what is not recorded yet are nobody's. */
  areTasks(ids: readonly (string | null)[]): Promise<boolean>;
  areArtifacts(ids: readonly string[]): Promise<boolean>;
  isLease(id: string): boolean;
  /** They were made by it. */
  note(made: {
    readonly runs?: readonly string[];
    readonly tasks?: readonly string[];
    readonly artifacts?: readonly string[];
    readonly leases?: readonly string[];
  }): void;
}

export function createOwnRuns(api: OwnRunsApi, { flowRunId, processId }: Extract<KeyScope, { kind: "run" }>): OwnRuns {
  const runs = new Map<string, boolean>();
  const known = { tasks: new Set<string>(), artifacts: new Set<string>(), leases: new Set<string>() };

  /** Who calls whom never changes. */
  async function isRun(id: string, depth = 0): Promise<boolean> {
    if (id === flowRunId) return true;
    const found = runs.get(id);
    if (found !== undefined) return found;
    const run = depth < maxDepth ? await api.readFlowRun(id) : null;
    if (run === null) return false;
    const isOwn = run.parentRunId !== null && (await isRun(run.parentRunId, depth + 1));
    keepRun(id, isOwn);
    return isOwn;
  }

  function keepRun(id: string, isOwn: boolean): void {
    runs.set(id, isOwn);
    const [oldest] = runs.keys();
    if (runs.size > maxKnown && oldest !== undefined) runs.delete(oldest);
  }

  function keep(kind: keyof typeof known, ids: readonly string[]): void {
    for (const id of ids) known[kind].add(id);
    for (const oldest of known[kind]) {
      if (known[kind].size <= maxKnown) break;
      known[kind].delete(oldest);
    }
  }

  /** Almost all are the run's own or new, which a count tells without reading them. */
  async function areOwn(kind: "task-run" | "artifact", ids: readonly string[]): Promise<boolean> {
    for (let start = 0; start < ids.length; start += maxAtOnce) {
      const some = ids.slice(start, start + maxAtOnce);
      if ((await api.count(kind, ofOthers(some))) > 0 && !(await areOfCalled(kind, some))) return false;
    }
    return true;
  }

  function ofOthers(ids: readonly string[]): Condition {
    const isOfRun: Condition = { field: "flowRunId", isNull: false };
    return { all: [{ field: "id", in: ids }, isOfRun, { field: "flowRunId", notIn: [flowRunId] }] };
  }

  async function areOfCalled(kind: "task-run" | "artifact", ids: readonly string[]): Promise<boolean> {
    const page = { limit: ids.length };
    const { items } =
      kind === "task-run" ? await api.listTaskRuns({ ids }, page) : await api.listArtifacts({ ids }, page);
    const owners = new Set(items.flatMap((item) => (item.flowRunId === null ? [] : [item.flowRunId])));
    for (const owner of owners) if (!(await isRun(owner))) return false;
    return true;
  }

  return {
    flowRunId,
    processId,
    isRun: (id) => isRun(id),
    areTasks: (ids) => {
      const unknown = ids.filter((id) => id !== null && !known.tasks.has(id)) as readonly string[];
      return areOwn("task-run", [...new Set(unknown)]);
    },
    areArtifacts: (ids) =>
      areOwn(
        "artifact",
        ids.filter((id) => !known.artifacts.has(id)),
      ),
    isLease: (id) => known.leases.has(id),
    note({ runs: made = [], tasks = [], artifacts = [], leases = [] }) {
      for (const id of made) keepRun(id, true);
      keep("tasks", tasks);
      keep("artifacts", artifacts);
      keep("leases", leases);
    },
  };
}

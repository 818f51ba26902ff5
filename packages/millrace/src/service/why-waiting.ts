/** Reads what a run needs in order to run, for the rules to say what it lacks. */

import type { Api } from "../contract/api.ts";
import { MillraceError } from "../contract/errors.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { Deployment, ObjectKind, ObjectTypes, Worker } from "../contract/objects.ts";
import type { Condition } from "../contract/query.ts";
import type { Store } from "../contract/store.ts";
import type { TaskRun } from "../contract/task-run.ts";
import type { Clock } from "../kit/clock.ts";
import { decideWhyWaiting } from "../rules/why-waiting.ts";
import type { Asking, WaitFacts } from "../rules/why-waiting-facts.ts";
import { findWaiting } from "./inbox.ts";
import { toInboxItem } from "./paused-run.ts";

/** Of things of one kind that are named in a reason. */
const maxNamed = 100;
const maxQueues = 10_000;

export function createWhyWaiting({
  store,
  clock,
}: {
  readonly store: Store;
  readonly clock: Clock;
}): Pick<Api, "whyWaiting"> {
  async function read<Kind extends ObjectKind>(
    kind: Kind,
    id: string | null | undefined,
  ): Promise<ObjectTypes[Kind] | null> {
    return id == null ? null : ((await store.readObjects(kind, [id]))[0] ?? null);
  }

  async function readFacts(run: FlowRun): Promise<WaitFacts> {
    const deployment = await read("deployment", run.deploymentId);
    return {
      now: clock.now(),
      run,
      deployment,
      schedule: await read("schedule", run.extra.scheduleId),
      limit: await readLimit(deployment),
      ...(await readWork(run)),
      ahead: await countAhead(run),
      waitingTasks: run.state.type === "RUNNING" ? await readWaitingTasks(run.id) : [],
      asking: await readAsking(run),
    };
  }

  async function readAsking(run: FlowRun): Promise<Asking | null> {
    const { type } = run.state;
    const asking =
      type === "PAUSED" ? await findWaiting(store, run) : type === "RUNNING" ? await findPaused(run) : null;
    if (asking === null) return null;
    const item = toInboxItem(asking, await store.findRunInputs(asking.id));
    const [root] = await store.readFlowRuns([asking.rootRunId]);
    return item === null ? null : { item, run: asking, root: root ?? asking };
  }

  /** A subflow that waits: of a root any, of a subflow one of its own. */
  async function findPaused({ id }: FlowRun): Promise<FlowRun | null> {
    const below = ["rootRunId", "parentRunId"].map((field) => ({ field, in: [id] }));
    const where: Condition = { all: [{ field: "stateType", in: ["PAUSED"] }, { any: below }] };
    const [found] = (await store.findFlowRuns({ where }, "created-asc", { limit: 1 })).items;
    return found === undefined ? null : findWaiting(store, found);
  }

  async function readLimit(deployment: Deployment | null): Promise<WaitFacts["limit"]> {
    const limit = await read("concurrency-limit", deployment?.concurrencyLimitId);
    if (limit === null) return null;
    const where = { field: "limitIds", hasAny: [limit.id] };
    const leases = (await store.findObjects("slot-lease", { where }, { limit: maxNamed })).items;
    const prefix = "flow-run:";
    const ids = leases.flatMap(({ holder }) => (holder.startsWith(prefix) ? [holder.slice(prefix.length)] : []));
    return { limit, holders: await store.readFlowRuns(ids) };
  }

  async function readWork({
    workPoolId,
    workQueueId,
  }: FlowRun): Promise<Pick<WaitFacts, "pool" | "queue" | "workers">> {
    const pool = await read("work-pool", workPoolId);
    const queue = await read("work-queue", workQueueId);
    if (pool === null) return { pool: null, queue: null, workers: [] };
    const ofPool = { where: { field: "workPoolId", in: [pool.id] } };
    const queues = (await store.findObjects("work-queue", ofPool, { limit: maxQueues })).items;
    const used = await store.countActiveRuns(queues.map(({ id }) => id));
    const workers: readonly Worker[] = (
      await store.findObjects(
        "worker",
        { ...ofPool, sort: { field: "heartbeatAt", direction: "desc" } },
        { limit: maxNamed },
      )
    ).items;
    return {
      pool: { pool, active: used.reduce((sum, { active }) => sum + active, 0) },
      queue:
        queue === null ? null : { queue, active: used.find(({ workQueueId: id }) => id === queue.id)?.active ?? 0 },
      workers,
    };
  }

  async function countAhead({ workQueueId, dueAt }: FlowRun): Promise<number> {
    if (workQueueId === null || dueAt === null) return 0;
    return store.count("flow-run", {
      all: [
        { field: "workQueueId", in: [workQueueId] },
        { field: "dueAt", below: dueAt },
      ],
    });
  }

  async function readWaitingTasks(flowRunId: string): Promise<readonly TaskRun[]> {
    const where = { field: "stateName", in: ["AwaitingConcurrencySlot", "AwaitingRetry"] };
    return (await store.findTaskRuns({ flowRunIds: [flowRunId], where }, { limit: maxNamed })).items;
  }

  return {
    async whyWaiting(flowRunId) {
      const [run] = await store.readFlowRuns([flowRunId]);
      if (run === undefined) throw new MillraceError("RUN_NOT_FOUND", { kind: "flow run", id: flowRunId });
      return { flowRunId: run.id, state: run.state, ...decideWhyWaiting(await readFacts(run)) };
    },
  };
}

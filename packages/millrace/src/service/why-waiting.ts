/** Reads what a run needs in order to run, for the rules to say what it lacks. */

import type { Api } from "../contract/api.ts";
import { MillraceError } from "../contract/errors.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { ConcurrencyLimit, Deployment, ObjectKind, ObjectTypes, Worker } from "../contract/objects.ts";
import type { Condition } from "../contract/query.ts";
import type { Store } from "../contract/store.ts";
import type { TaskRun } from "../contract/task-run.ts";
import type { Clock } from "../kit/clock.ts";
import { waitsOf } from "../rules/slot-waits.ts";
import { decideWhyWaiting } from "../rules/why-waiting.ts";
import type { Asking, WaitFacts, WaitForSlots } from "../rules/why-waiting-facts.ts";
import { findWaiting } from "./inbox.ts";
import { toInboxItem } from "./paused-run.ts";

/** Of things of one kind that are named in a reason. */
const maxNamed = 100;
const maxQueues = 10_000;
/** Limits of which it is looked at who waits: those that were asked for slots last. */
const maxLimits = 200;

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
    const waitingTasks = run.state.type === "RUNNING" ? await readWaitingTasks(run.id) : [];
    const deployment = await read("deployment", run.deploymentId);
    return {
      now: clock.now(),
      run,
      deployment,
      schedule: await read("schedule", run.extra.scheduleId),
      limit: await readLimit(deployment),
      ...(await readWork(run)),
      ahead: await countAhead(run),
      waitingTasks,
      slotWaits: run.state.type === "RUNNING" ? await readSlotWaits(run, waitingTasks) : [],
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
    const ids = idsOf(
      "flow-run",
      leases.map(({ holder }) => holder),
    );
    return { limit, holders: await store.readFlowRuns(ids) };
  }

  /** What waits in a body: of a task run that says so by its state it is told already. */
  async function readSlotWaits(run: FlowRun, told: readonly TaskRun[]): Promise<WaitFacts["slotWaits"]> {
    const now = clock.now();
    const newest = { where: { all: [] }, sort: { field: "takenAt", direction: "desc" } } as const;
    const limits = (await store.findObjects("concurrency-limit", newest, { limit: maxLimits })).items;
    const waitedFor = limits.filter((limit) => waitsOf(limit, now).length > 0);
    const found: WaitForSlots[] = [];
    for (const limit of waitedFor) {
      const holders = waitsOf(limit, now).map(({ holder }) => holder);
      const tasks = await readOwnTasks(run.id, holders);
      const left = tasks.filter(({ id }) => !told.some((task) => task.id === id));
      if (left.length === 0 && !holders.includes(`flow-run:${run.id}`)) continue;
      found.push({ limit, tasks: left, holders: await readHolders(limit) });
    }
    return found;
  }

  async function readOwnTasks(flowRunId: string, holders: readonly string[]): Promise<readonly TaskRun[]> {
    const ids = idsOf("task-run", holders);
    return ids.length === 0
      ? []
      : (await store.findTaskRuns({ ids, flowRunIds: [flowRunId] }, { limit: maxNamed })).items;
  }

  /** The names of who holds slots: runs, and tasks with their runs. */
  async function readHolders({ id }: ConcurrencyLimit): Promise<readonly string[]> {
    const where = { field: "limitIds", hasAny: [id] };
    const leases = (await store.findObjects("slot-lease", { where }, { limit: maxNamed })).items;
    const holders = leases.map(({ holder }) => holder);
    const tasks = await readTasks(idsOf("task-run", holders));
    const runIds = [...idsOf("flow-run", holders), ...tasks.flatMap(({ flowRunId }) => flowRunId ?? [])];
    const names = new Map((await store.readFlowRuns([...new Set(runIds)])).map((run) => [run.id, run.name]));
    const ofTasks = tasks.map(({ name, flowRunId }) => {
      const of = flowRunId === null ? undefined : names.get(flowRunId);
      return of === undefined ? name : `${name} of ${of}`;
    });
    return [...idsOf("flow-run", holders).flatMap((runId) => names.get(runId) ?? []), ...ofTasks];
  }

  async function readTasks(ids: readonly string[]): Promise<readonly TaskRun[]> {
    return ids.length === 0 ? [] : (await store.findTaskRuns({ ids }, { limit: maxNamed })).items;
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

/** Of holders of slots that are of one kind. */
function idsOf(kind: "flow-run" | "task-run", holders: readonly string[]): readonly string[] {
  const prefix = `${kind}:`;
  return holders.flatMap((holder) => (holder.startsWith(prefix) ? [holder.slice(prefix.length)] : []));
}

/** Whether a batch speaks of what belongs to a run, and of nothing else. */

import type { NewFlowRun } from "../../../contract/flow-run.ts";
import type { FlowRunProposal, RecordBatch, RecordOutcome } from "../../../contract/record.ts";
import type { Event } from "../../../contract/records.ts";
import { slotEventNames } from "../../../contract/slot-events.ts";
import { uuidFromHash } from "../../../kit/ids.ts";
import type { OwnRunsApi, OwnRuns } from "./own-runs.ts";

/** A state of a later time is one of now: until a minute after the end of a run its key is good. In ms. */
const maxAheadMs = 60_000;

const resourceOf = /^millrace\.(flow-run|task-run)\.(.*)$/s;

interface Checking {
  readonly own: OwnRuns;
  readonly api: OwnRunsApi;
  readonly now: number;
}

/** What is recorded of it; null for a batch that has something in it which is another's. */
export async function checkBatch(batch: RecordBatch, checking: Checking): Promise<RecordBatch | null> {
  const { created = [], proposals = [], taskRuns = [], logs = [], artifacts = [], events = [], observed = [] } = batch;
  const { own, now } = checking;
  if (observed.length > 0) return null;
  const made = new Set<string>();
  for (const run of created) {
    if (!(await mayCreate(run, { ...checking, made }))) return null;
    made.add(run.id);
  }
  const owners = new Set([...taskRuns, ...logs, ...artifacts, ...events].map(({ flowRunId }) => flowRunId));
  for (const { resource, name } of events) {
    if (name.startsWith("millrace.") && !isOfSlots(name, resource)) return null;
    const [, kind, id] = resourceOf.exec(resource.id ?? "") ?? [];
    if (kind === "flow-run" && id !== undefined) owners.add(id);
  }
  for (const id of [...owners, ...proposals.map((proposal) => proposal.id)]) {
    if (id !== null && !made.has(id) && !(await own.isRun(id))) return null;
  }
  if (proposals.some((proposal) => !isOfOwner(proposal))) return null;
  const tasks = [
    ...taskRuns.map(({ id }) => id),
    ...created.map(({ parentTaskRunId = null }) => parentTaskRunId),
    ...[...logs, ...artifacts, ...events].map(({ taskRunId }) => taskRunId),
    ...events.map(taskOfResource),
  ];
  if (!(await own.areTasks(tasks))) return null;
  if (!(await own.areArtifacts(artifacts.map(({ id }) => id)))) return null;
  return proposals.length === 0 ? batch : { ...batch, proposals: proposals.map((each) => notAhead(each, now)) };
}

/** What it takes and gives back of limits it tells by itself. */
function isOfSlots(name: string, { id = "" }: Event["resource"]): boolean {
  const isNamed = name === slotEventNames.acquired || name === slotEventNames.released;
  return isNamed && id.startsWith("millrace.concurrency-limit.");
}

/** What is known of it from now on. */
export function noteBatch(own: OwnRuns, batch: RecordBatch, { created, stale }: RecordOutcome): void {
  const isTaken = ({ flowRunId }: { readonly flowRunId: string | null }): boolean =>
    flowRunId !== null && !stale.includes(flowRunId);
  const idOf = ({ id }: { readonly id: string }): string => id;
  own.note({
    runs: created.flatMap(({ run, isNew }) => (isNew ? [run.id] : [])),
    tasks: (batch.taskRuns ?? []).filter(isTaken).map(idOf),
    artifacts: (batch.artifacts ?? []).filter(isTaken).map(idOf),
  });
}

/** Whoever holds no fencing token leaves the rules to the orchestrator, and may take what waits for a worker. */
export function isOfOwner({ guest, start }: FlowRunProposal): boolean {
  return guest === undefined && start === undefined;
}

export function notAhead(proposal: FlowRunProposal, now: number): FlowRunProposal {
  const { at = now } = proposal.state;
  return at <= now + maxAheadMs ? proposal : { ...proposal, state: { ...proposal.state, at: now } };
}

/** A run that one of its tasks calls, in its own process. The id follows from the task's, so that it takes nobody else's. */
async function mayCreate(
  run: NewFlowRun,
  { own, api, made }: Checking & { readonly made: ReadonlySet<string> },
): Promise<boolean> {
  const { parentRunId = null, parentTaskRunId = null, ownerId = null } = run;
  if (parentRunId === null || parentTaskRunId === null) return false;
  if (run.id !== uuidFromHash(`${parentTaskRunId}/flow`)) return false;
  if (ownerId !== null && ownerId !== own.processId) return false;
  if ((run.deploymentId ?? run.workPoolId ?? run.workQueueId ?? null) !== null) return false;
  if (!made.has(parentRunId) && !(await own.isRun(parentRunId))) return false;
  const root = (await api.readFlowRun(own.flowRunId))?.rootRunId;
  if (run.rootRunId !== root) return false;
  // One that is there is its own from before, or another's.
  return (await api.readFlowRun(run.id)) === null || own.isRun(run.id);
}

function taskOfResource({ resource }: Event): string | null {
  const [, kind, id] = resourceOf.exec(resource.id ?? "") ?? [];
  return kind === "task-run" && id !== undefined ? id : null;
}

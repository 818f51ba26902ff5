/**
 * What the process of a run asks for that run: of each call whether it is about the run, or one that it has called. The check
 * says with what the call is made; null refuses it.
 */

import type { Api } from "../../../contract/api.ts";
import type { FlowRunChange } from "../../../contract/flow-run.ts";
import type { CallOfRun } from "../../../contract/wire/v1-policies.ts";
import { checkBatch, isOfOwner, noteBatch, notAhead } from "./check-batch.ts";
import type { OwnRuns } from "./own-runs.ts";

type Arguments<Call extends CallOfRun> = Parameters<Api[Call]>;

interface CheckOfRun<Call extends CallOfRun> {
  readonly with: (...args: Arguments<Call>) => Promise<Arguments<Call> | null>;
  /** What its answer says of what belongs to the run. */
  readonly then?: (answer: Awaited<ReturnType<Api[Call]>>, ...args: Arguments<Call>) => void;
}

const signalStart = "signal:";
const holderOf = /^(flow-run|task-run):(.*)$/s;

/** Where it runs is for workers to say, and what it was asked for stays. */
const ownFields: readonly string[] = ["name", "tags", "extra"] satisfies readonly (keyof FlowRunChange)[];
const ownExtra = ["labels"];

export function createChecks({
  api,
  own,
  now,
}: {
  readonly api: Api;
  readonly own: OwnRuns;
  readonly now: () => number;
}): { readonly [Call in CallOfRun]: CheckOfRun<Call> } {
  const given = async <Args>(args: Args, ...oks: readonly (boolean | Promise<boolean>)[]): Promise<Args | null> => {
    for (const ok of oks) if (!(await ok)) return null;
    return args;
  };
  const ofRun = (flowRunId: string, ...rest: readonly string[]) => given([flowRunId, ...rest], own.isRun(flowRunId));
  const ofProcess = (id: string) => given<[string]>([id], id === own.processId);

  async function isTask(id: string): Promise<boolean> {
    return (await api.readTaskRun(id))?.flowRunId != null && own.areTasks([id]);
  }

  async function isHolder(holder: string): Promise<boolean> {
    const [, kind, id = ""] = holderOf.exec(holder) ?? [];
    return kind === "flow-run" ? own.isRun(id) : kind === "task-run" && own.areTasks([id]);
  }

  async function isLease(id: string): Promise<boolean> {
    if (own.isLease(id)) return true;
    const lease = await api.readObject("slot-lease", id);
    if (lease === null) return true;
    if (lease.processId !== undefined) return lease.processId === own.processId;
    const [, kind, holder = ""] = holderOf.exec(lease.holder) ?? [];
    return kind === "task-run" ? isTask(holder) : isHolder(lease.holder);
  }

  return {
    record: {
      async with(batch) {
        const checked = await checkBatch(batch, { own, api, now: now() });
        return checked === null ? null : [checked];
      },
      then: (outcome, batch) => noteBatch(own, batch, outcome),
    },
    proposeFlowRunState: {
      with: (proposal) => given([notAhead(proposal, now())], isOfOwner(proposal), own.isRun(proposal.id)),
    },
    claimFlowRun: {
      async with(claim) {
        if (claim.processId !== own.processId || !(await own.isRun(claim.id))) return null;
        // A run that it has submitted is for a worker.
        const isCalled = claim.id === own.flowRunId || (await api.readFlowRun(claim.id))?.deploymentId === null;
        return isCalled ? [claim] : null;
      },
    },
    updateFlowRun: {
      with: (id, change) =>
        given(
          [id, change],
          Object.keys(change).every((field) => ownFields.includes(field)),
          Object.keys(change.extra ?? {}).every((field) => ownExtra.includes(field)),
          own.isRun(id),
        ),
    },
    renameTaskRun: { with: (id, name) => given([id, name], isTask(id)) },
    submitRun: {
      async with(submission) {
        // Who has made it is told by the task that it is submitted by.
        const { createdBy: _, ...rest } = submission;
        return given([rest], own.areTasks([submission.parentTaskRunId ?? null]));
      },
      then: ({ run, isNew }, { parentTaskRunId }) => {
        if (isNew && parentTaskRunId !== undefined) own.note({ runs: [run.id] });
      },
    },
    sendRunInput: {
      async with(input) {
        // Whoever knows of a run may send it signals; what it asks people it is not to be answered by others.
        const isSignal = input.key.startsWith(signalStart);
        return isSignal || (await own.isRun(input.flowRunId)) ? [input] : null;
      },
    },
    listRunInputs: {
      with: (flowRunId, ...key) => ofRun(flowRunId, ...(key as string[])) as Promise<Arguments<"listRunInputs"> | null>,
    },
    deleteRunInputs: {
      with: (flowRunId, key) => given([flowRunId, key], own.isRun(flowRunId)),
    },
    registerProcess: { with: (process) => given([process], process.id === own.processId) },
    renewProcess: { with: ofProcess },
    endProcess: { with: ofProcess },
    readAttention: { with: ofProcess },
    // It ends what the server would end by itself.
    expireProcesses: { with: async () => [] },
    keepOnce: { with: (kept) => given([kept], own.areTasks([kept.taskRunId])) },
    dropKept: { with: (key, taskRunId) => given([key, taskRunId], own.areTasks([taskRunId])) },
    acquireSlot: {
      with: (request) => given([request], request.processId === own.processId, own.areTasks([request.holder])),
    },
    releaseSlot: { with: (limitName, holder) => given([limitName, holder], own.areTasks([holder])) },
    takeSlots: {
      async with(demand) {
        const { processId, holder, leaseMs } = demand;
        if (processId !== undefined && processId !== own.processId) return null;
        if (holder !== undefined && !(await isHolder(holder))) return null;
        if (leaseMs === undefined && demand.mode !== "rate-limit") return null;
        return [{ ...demand, holder: holder ?? `flow-run:${own.flowRunId}` }];
      },
      then: (answer) => {
        if (answer.granted && answer.leaseId !== null) own.note({ leases: [answer.leaseId] });
      },
    },
    giveBackSlots: { with: (slots) => given([slots], "leaseId" in slots && isLease(slots.leaseId)) },
    renewSlots: { with: (leaseId, leaseMs) => given([leaseId, leaseMs], isLease(leaseId)) },
  };
}

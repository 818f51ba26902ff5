/**
 * The use cases: Api over a Store. Reads what the rules need, lets them decide, and writes with a guard on exactly what
 * they decided on. When a guard does not hold, somebody else was faster: it reads and decides again.
 */

import type { Api, FlowRunClaim } from "../contract/api.ts";
import { MillraceError } from "../contract/errors.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { ConcurrencyLimit, ObjectKind } from "../contract/objects.ts";
import type {
  FlowRunProposal,
  FlowRunTransition,
  ProposalOutcome,
  RecordBatch,
  RecordOutcome,
} from "../contract/record.ts";
import type { Event, ExecutorProcess } from "../contract/records.ts";
import { type Decision, isTerminal, type State } from "../contract/states.ts";
import type { Store } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { late, lateMethods } from "../kit/late.ts";
import { decideClaim } from "../rules/claims.ts";
import { decideFlowRunTransition, type TransitionFacts } from "../rules/flow-run-transitions.ts";
import { eventOfEnd, eventsOfArtifacts } from "./artifact-events.ts";
import type { createBesideRuns } from "./beside-runs.ts";
import type { ConcurrencyLimits } from "./concurrency-limits.ts";
import { hasLeftRoom, isGuest, mayBeWaitedFor, mayHaveWaitingStep, slotOfActive, slotOfEnded } from "./is-guest.ts";
import { emptyBatch } from "./empty-batch.ts";
import { createLeaseWatch } from "./lease-watch.ts";
import { createKnownRuns, type DecidedRun } from "./known-runs.ts";
import { createProcessRegistry } from "./process-registry.ts";
import { recordObserved } from "./observed-task-runs.ts";
import { withStartedVersion } from "./started-version.ts";
import { guard, later, toClaim, toTransition } from "./transition-of.ts";
import { toldOnce } from "./told-once.ts";
import { updateFlowRun } from "./update-flow-run.ts";
import { createObjects } from "./objects.ts";
import { resolveId } from "./resolve-id.ts";
import { createVariables } from "./variables.ts";

export interface ServiceOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** How long a process's lease lasts without renewal, in ms. Default 30,000. */
  readonly leaseMs?: number;
  /** Whether a process on this host is alive; "unknown" leaves the decision to its lease. */
  readonly isAlive?: (process: ExecutorProcess) => "alive" | "dead" | "unknown";
  /** A server's, which looks at leases every few seconds: then no clock that is set, and no time without looks, ends them. */
  readonly watchesLeases?: true;
}

/** Those of concurrency-limits.ts. */
const limitMethods = [
  "takeSlots",
  "giveBackSlots",
  "renewSlots",
  "expireSlots",
] as const satisfies readonly (keyof ConcurrencyLimits)[];
/** Those of beside-runs.ts. */
const besideRunMethods = [
  "countBy",
  "readRunHistory",
  "measureRuns",
  "listSeenStates",
  "readTimeline",
  "readRunGraph",
  "summarizeFlows",
  "summarizeDeployments",
  "readTaskGrid",
  "groupFailures",
  "listFailedRuns",
  "readEventHistory",
  "readDurationHistory",
  "groupEvents",
  "submitRun",
  "saveDeployment",
  "updateDeployment",
  "pauseDeployment",
  "resumeDeployment",
  "deleteDeployment",
  "listDeploymentVersions",
  "readDeploymentVersion",
  "rollBackDeployment",
  "createSchedule",
  "updateSchedule",
  "deleteSchedule",
  "scheduleRuns",
  "upcoming",
  "createWorkPool",
  "updateWorkPool",
  "createWorkQueue",
  "updateWorkQueue",
  "findDueRuns",
  "findDueRunsOfDeployments",
  "countActiveRuns",
  "heartbeatWorker",
  "tellReadiness",
  "whyWaiting",
  "changeFlowRuns",
  "tryAutomation",
  "listEvaluations",
  "findUses",
  "searchLogs",
  "listInbox",
  "readInboxItem",
  "listAnswers",
  "answerPause",
  "expirePause",
  "checkValues",
  "listAccounts",
  "createAccount",
  "updateAccount",
  "deleteAccount",
  "listApiKeys",
  "createApiKey",
  "deleteApiKey",
  "listAuditEntries",
  "listWorkspaces",
  "createWorkspace",
  "updateWorkspace",
  "deleteWorkspace",
  "restoreWorkspace",
  "listMembers",
  "setMember",
] as const satisfies readonly (keyof ReturnType<typeof createBesideRuns>)[];

const defaultLeaseMs = 30_000;

/** How often a decision is taken again because another writer was faster, before it is given up. */
const maxRaces = 20;

export function createService(options: ServiceOptions): Api {
  const { store, clock, leaseMs = defaultLeaseMs } = options;
  const objects = createObjects({ store, clock, onRunDeleted: giveBackSlotOf });
  const watch = options.watchesLeases === true ? createLeaseWatch({ clock, leaseMs }) : null;
  const limits = lateMethods(limitMethods, async () => {
    const { createConcurrencyLimits } = await import("./concurrency-limits.ts");
    return createConcurrencyLimits({ store, clock, mayExpire: () => watch?.isSettled ?? true, onFreed });
  });
  const guests = late(async () => {
    const { createGuestRuns } = await import("./guest-runs.ts");
    return createGuestRuns({ store, clock, limits, register: processes.register, propose: proposeFlowRunState });
  });
  const known = createKnownRuns();
  const processes = createProcessRegistry({ ...options, leaseMs, ...(watch === null ? {} : { watch }), crash });

  async function onFreed(freed: readonly ConcurrencyLimit[], holder: string): Promise<void> {
    const waitedFor = freed.filter((limit) => mayBeWaitedFor(limit, holder)).map(({ id }) => id);
    if (waitedFor.length > 0) await (await guests()).wakeWaiters(waitedFor);
  }

  async function record(batch: RecordBatch): Promise<RecordOutcome> {
    const proposals = batch.proposals ?? [];
    const decided = await decideAll(proposals);
    const transitions = decided.flatMap((each) => (each.transition === null ? [] : [each.transition]));
    const artifacts = batch.artifacts ?? [];
    const outcome = await store.record({
      created: batch.created ?? [],
      transitions,
      taskRuns: await toldOnce(store, batch.taskRuns ?? []),
      logs: batch.logs ?? [],
      artifacts,
      events: [...(batch.events ?? []), ...(await eventsOfArtifacts(store, artifacts))],
    });
    await recordObserved(store, batch.observed ?? []);
    for (const { run, isNew } of outcome.created) if (isNew) known.note(run);
    const written = outcome.transitions[Symbol.iterator]();
    const outcomes: ProposalOutcome[] = [];
    for (const [index, each] of decided.entries()) {
      if (each.transition === null) {
        outcomes.push({ decision: each.decision, run: each.run });
        continue;
      }
      const run = written.next().value ?? null;
      const proposal = proposals[index];
      if (run !== null) known.note(run);
      else if (proposal !== undefined) known.forget(proposal.id);
      await tellOthers(run);
      outcomes.push(
        run !== null || proposal === undefined ? { decision: each.decision, run } : await proposeFlowRunState(proposal),
      );
    }
    return { created: outcome.created, proposals: outcomes, stale: outcome.stale };
  }

  interface Decided<Run extends DecidedRun = FlowRun> {
    readonly decision: Decision;
    readonly run: Run | null;
    readonly transition: FlowRunTransition | null;
  }

  /** What of a proposal is not in it. */
  type Known = Pick<TransitionFacts, "isAnswered" | "startedAgainBy">;

  /** Reads the runs in one go: a batch may end many at once. What this process has written itself it knows. */
  async function decideAll(proposals: readonly FlowRunProposal[]): Promise<readonly Decided[]> {
    const decided = proposals.map(decideKnown);
    const unknown = proposals.filter((_, index) => decided[index] == null);
    if (unknown.length === 0) return decided.filter((each) => each !== null);
    const runs = new Map((await store.readFlowRuns(unknown.map(({ id }) => id))).map((run) => [run.id, run]));
    return proposals.map((proposal, index) => decided[index] ?? decide(proposal, runs.get(proposal.id)));
  }

  /** Null where the run is to be read. */
  function decideKnown(proposal: FlowRunProposal): Decided | null {
    const run = known.get(proposal.id);
    const { epoch, stateAt, force } = proposal;
    if (run === undefined || epoch !== run.epoch || stateAt !== undefined || force !== undefined) return null;
    const { decision, transition } = decide(proposal, run);
    return decision.answer === "ACCEPT" && transition !== null ? { decision, run: null, transition } : null;
  }

  function decide<Run extends DecidedRun>(
    proposal: FlowRunProposal,
    run: Run | undefined,
    more: Known = {},
  ): Decided<Run> {
    if (run === undefined)
      return {
        decision: { answer: "ABORT", reason: `there is no flow run ${proposal.id}` },
        run: null,
        transition: null,
      };
    if (isOvertaken(proposal, run)) return { decision: overtaken, run, transition: null };
    const now = clock.now();
    const { force } = proposal;
    const proposed: State = {
      ...proposal.state,
      at: proposal.state.at ?? now,
      ...(force === undefined ? {} : { details: { ...proposal.state.details, forcedBy: force } }),
    };
    const decision: Decision =
      force === undefined || isSuspension(proposal, run)
        ? decideFlowRunTransition({
            current: run.state,
            proposed,
            owned: run.ownerId !== null,
            epoch: run.epoch,
            proposerEpoch: proposal.epoch ?? null,
            startedAgainBy: startedAgainBy(run),
            ...more,
            now,
          })
        : { answer: "ACCEPT", state: proposed };
    const next = decision.answer === "ACCEPT" || decision.answer === "REJECT" ? decision.state : null;
    if (next === null || next === run.state) return { decision, run, transition: null };
    return { decision, run, transition: toTransition(run, next, proposal) };
  }

  async function proposeFlowRunState(proposal: FlowRunProposal, more: Known = {}): Promise<ProposalOutcome> {
    for (let race = 0; race < maxRaces; race++) {
      const [found] = await store.readFlowRuns([proposal.id]);
      if (found !== undefined && isGuest(proposal, found) && !isOvertaken(proposal, found)) {
        const outcome = await (await guests()).propose(proposal, found);
        if (outcome !== null) return outcome;
        continue;
      }
      const decided = decide(proposal, found, { ...more, ...(await whoStartsAgain(proposal, found)) });
      if (decided.transition === null) return { decision: decided.decision, run: decided.run };
      const { transitions } = await store.record({ ...emptyBatch, transitions: [decided.transition] });
      const run = transitions[0] ?? null;
      await tellOthers(run);
      if (run !== null) return { decision: decided.decision, run };
    }
    throw new MillraceError("LEDGER_BUSY", { location: `flow run ${proposal.id}`, waited: `${maxRaces} attempts` });
  }

  /** A deployment that is gone starts nothing: looked for only where a process is asked to give its run up. */
  async function whoStartsAgain(proposal: FlowRunProposal, run: FlowRun | undefined): Promise<Known> {
    if (run?.deploymentId == null || !isSuspension(proposal, run)) return {};
    const isThere = (await store.readObjects("deployment", [run.deploymentId])).length > 0;
    return isThere ? {} : { startedAgainBy: "nobody" };
  }

  /** What others have to hear of a state that was written. */
  async function tellOthers(run: FlowRun | null): Promise<void> {
    if (mayHaveWaitingStep(run)) await (await guests()).tellWaitingStep(run, run.parentTaskRunId);
    if (run === null) return;
    const slot = slotOfEnded(run);
    if (slot !== null) await limits.giveBackSlots({ leaseId: slot });
    if (hasLeftRoom(run)) await (await guests()).tellOfRoom(run);
  }

  async function claimFlowRun(claim: FlowRunClaim): Promise<FlowRun> {
    for (let race = 0; race < maxRaces; race++) {
      const run = await readOrThrow(claim.id);
      const owner = run.ownerId === null ? null : await processes.find(run.ownerId);
      const alive = run.ownerId !== null && owner !== null && !isTerminal(run.state.type) && processes.isAlive(owner);
      const decision = decideClaim(run, {
        mode: claim.mode,
        ownerAlive: alive,
        hasDeployment: claim.mode !== "start" && (await hasDeployment(run)),
      });
      if (decision.claim === "owned")
        throw new MillraceError("RUN_OWNED", { id: run.id, pid: owner?.pid ?? "?", host: owner?.host ?? "?" });
      if (decision.claim === "refused") {
        const verb = { start: "started", resume: "resumed", retry: "retried" }[claim.mode];
        throw new MillraceError("RUN_NOT_RESUMABLE", {
          id: run.id,
          state: run.state.name,
          verb,
          reason: decision.reason,
          advice: decision.advice,
        });
      }
      const taken = toClaim(run, { processId: claim.processId, stateName: decision.stateName, now: clock.now() });
      const transition: FlowRunTransition =
        run.deploymentId === null
          ? taken
          : { ...taken, extra: await withStartedVersion(store, run, { next: taken.state.type, extra: run.extra }) };
      const { transitions } = await store.record({ ...emptyBatch, transitions: [transition] });
      const claimed = transitions[0] ?? null;
      await tellOthers(claimed);
      if (claimed !== null) return claimed;
    }
    throw new MillraceError("LEDGER_BUSY", { location: `flow run ${claim.id}`, waited: `${maxRaces} attempts` });
  }

  /** Only of what waits to be started it is asked. */
  async function hasDeployment({ deploymentId, state }: FlowRun): Promise<boolean> {
    if (deploymentId === null || state.type !== "SCHEDULED") return false;
    return (await store.readObjects("deployment", [deploymentId])).length > 0;
  }

  async function readOrThrow(id: string): Promise<FlowRun> {
    const [run] = await store.readFlowRuns([id]);
    if (run === undefined) throw new MillraceError("RUN_NOT_FOUND", { kind: "flow run", id });
    return run;
  }

  async function deleteArtifact(id: string): Promise<boolean> {
    const [artifact] = (await store.findArtifacts({ ids: [id] }, { limit: 1 })).items;
    return artifact !== undefined && store.deleteArtifact(id, eventOfEnd(artifact, clock.now()));
  }

  function eventOfSecret(name: string, what: "written" | "deleted", at: number): Event {
    const resource = { id: `millrace.secret.${name}`, name };
    const event = { id: uuidv7(), name: `millrace.secret.${what}`, at, flowRunId: null, taskRunId: null, resource };
    return { ...event, payload: null };
  }

  /** Ends a run whose process is gone. */
  async function crash(run: FlowRun, reason: string): Promise<void> {
    const at = later(run, clock.now());
    const state: State =
      run.state.type === "CANCELLING"
        ? { type: "CANCELLED", name: "Cancelled", at, message: `The process is gone: ${reason}` }
        : { type: "CRASHED", name: "Crashed", at, message: reason };
    const { transitions } = await store.record({
      ...emptyBatch,
      transitions: [{ ...guard(run), state, endedAt: state.at, releases: true }],
    });
    await tellOthers(transitions[0] ?? null);
  }

  /** What goes with it that is no object goes too: the runs that have not begun. */
  function deleteObject(kind: ObjectKind, id: string): Promise<boolean> {
    if (kind === "deployment") return besideRuns.deleteDeployment(id);
    return kind === "schedule" ? besideRuns.deleteSchedule(id) : objects.deleteObject(kind, id);
  }

  const lists: Pick<Api, "listFlowRuns" | "listFlowRunRows" | "listTaskRuns" | "listEvents" | "count"> = {
    listFlowRuns: (filter, sort = "created-desc", page = {}) => store.findFlowRuns(filter, sort, page),
    listFlowRunRows: (filter, sort = "created-desc", page = {}) => store.findFlowRunRows(filter, sort, page),
    listTaskRuns: (filter, page = {}, sort = "first-seen") => store.findTaskRuns(filter, page, sort),
    listEvents: (filter, page = {}) => store.findEvents(filter, page),
    count: (subject, where) => store.count(subject, where),
  };

  const propose = (proposal: FlowRunProposal): Promise<ProposalOutcome> => proposeFlowRunState(proposal);

  async function deleteFlowRun(id: string): Promise<boolean> {
    const [run] = await store.readFlowRuns([id]);
    const isDeleted = await store.deleteFlowRun(id);
    if (isDeleted && run !== undefined) await giveBackSlotOf(run);
    return isDeleted;
  }

  /** The one of its deployment that a run held, which is gone. */
  async function giveBackSlotOf(run: FlowRun): Promise<void> {
    const leaseId = slotOfActive(run);
    if (leaseId !== null) await limits.giveBackSlots({ leaseId });
  }

  const besideRuns = lateMethods(besideRunMethods, async () => {
    const { createBesideRuns } = await import("./beside-runs.ts");
    const letGoOn = (proposal: FlowRunProposal): Promise<ProposalOutcome> =>
      proposeFlowRunState(proposal, { isAnswered: true });
    return createBesideRuns({
      store,
      clock,
      objects,
      letGoOn,
      api: { ...lists, proposeFlowRunState: propose, deleteFlowRun },
    });
  });

  return {
    ...lists,
    record,
    proposeFlowRunState: propose,
    claimFlowRun,
    readFlowRun: async (id) => (await store.readFlowRuns([id]))[0] ?? null,
    countFlowRuns: (filter) => store.countFlowRuns(filter),
    resolveId: (prefix, kind) => resolveId(store, prefix, kind),
    updateFlowRun: (id, change) => updateFlowRun(store, id, change),
    deleteFlowRun,

    readTaskRun: async (id) => (await store.findTaskRuns({ ids: [id] }, { limit: 1 })).items[0] ?? null,
    renameTaskRun: (id, name) => store.renameTaskRun(id, name),
    deleteTaskRun: (id) => store.deleteTaskRun(id),
    countTaskRuns: (flowRunId) => store.countTaskRuns(flowRunId),
    readRecords: (flowRunId, parentId) => store.readRecords(flowRunId, parentId),
    readCacheEntry: (key) => store.readCacheEntry(key),
    dropKept: (key, taskRunId) => store.dropKept(key, taskRunId),
    keepOnce: (kept) => store.keepOnce({ ...kept, createdAt: clock.now(), expiresAt: null }),

    listLogs: (filter, page = {}) => store.findLogs(filter, page),
    listArtifacts: (filter, page = {}) => store.findArtifacts(filter, page),
    deleteArtifact,
    listArtifactRows: (filter, page = {}) => store.findArtifactRows(filter, page),

    ...objects,
    deleteObject,
    ...createVariables(objects),
    readSecret: (name) => store.readSecret(name),
    listSecrets: () => store.findSecrets(),
    writeSecret: ({ name, sealed }) => {
      const at = clock.now();
      return store.writeSecret({ name, sealed, at }, eventOfSecret(name, "written", at));
    },
    deleteSecret: (name) => store.deleteSecret(name, eventOfSecret(name, "deleted", clock.now())),

    sendRunInput: async (input) => {
      await readOrThrow(input.flowRunId);
      return store.writeRunInput({ ...input, createdAt: clock.now() });
    },
    listRunInputs: (flowRunId, key) => store.findRunInputs(flowRunId, key),
    deleteRunInputs: (flowRunId, key) => store.deleteRunInputs(flowRunId, key),

    registerProcess: processes.register,
    renewProcess: processes.renew,
    endProcess: processes.end,
    readAttention: (processId) =>
      store.findOwnedRuns(processId, ["CANCELLING", "PAUSED", "CANCELLED", "FAILED", "CRASHED"]),
    expireProcesses: processes.expire,
    acquireSlot: (request) => store.acquireSlot(request, clock.now()),
    releaseSlot: (limitName, holder) => store.releaseSlot(limitName, holder),
    ...limits,
    ...besideRuns,
    close: () => store.close(),
  };
}

/** Whether somebody asks that a process gives up what it executes. By force too: a run is taken from its process by no word. */
function isSuspension(
  { state, epoch }: FlowRunProposal,
  { ownerId, state: current }: Pick<FlowRun, "ownerId" | "state">,
): boolean {
  return state.type === "PAUSED" && epoch === undefined && ownerId !== null && !isTerminal(current.type);
}

function startedAgainBy({
  parentRunId,
  deploymentId,
}: Pick<FlowRun, "parentRunId" | "deploymentId">): "deployment" | "parent" | "nobody" {
  if (parentRunId !== null) return "parent";
  return deploymentId === null ? "nobody" : "deployment";
}

const overtaken: Decision = { answer: "ABORT", reason: "the run has entered another state since it was read" };

function isOvertaken({ stateAt }: FlowRunProposal, { state }: Pick<FlowRun, "state">): boolean {
  return stateAt !== undefined && stateAt !== state.at;
}

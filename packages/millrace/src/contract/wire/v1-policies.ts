/** What each call of /v1 needs, where a server has access control. A method of Api without one does not compile. */

import type { Policy } from "../access.ts";
import type { FlowRunsChange } from "../bulk.ts";
import type { ObjectKind } from "../objects.ts";
import type { ApiMethod } from "./v1-calls.ts";

/** Where it depends on what is asked: the method's arguments as they came, which may be anything. */
export type PolicyOf = Policy | ((...args: readonly unknown[]) => Policy);

const read: Policy = { role: "viewer", does: "read" };
const work: Policy = { role: "runner", does: "work" };
const act: Policy = { role: "runner", does: "act" };
/** Who lists runs first has those ended whose process is gone, which the server would find by itself. */
const look: Policy = { role: "viewer", does: "work" };
const run: Policy = { role: "runner", does: "change" };
const author: Policy = { role: "author", does: "change" };
const operate: Policy = { role: "operator", does: "change" };
const seeAccounts: Policy = { role: "admin", does: "read" };
const administer: Policy = { role: "admin", does: "change" };

/** Who may make, change and delete an object of a kind. */
const kinds: Readonly<Record<ObjectKind, Policy>> = {
  flow: author,
  deployment: author,
  schedule: author,
  "work-pool": operate,
  "work-queue": operate,
  worker: operate,
  "block-type": author,
  "block-schema": author,
  "block-document": author,
  "concurrency-limit": operate,
  "slot-lease": operate,
  automation: author,
  "automation-firing": administer,
  variable: author,
  "saved-search": run,
  webhook: operate,
  "deployment-version": author,
  configuration: administer,
};

const isKind = (kind: unknown): kind is ObjectKind => typeof kind === "string" && Object.hasOwn(kinds, kind);
const ofKind = (kind: unknown): Policy => (isKind(kind) ? kinds[kind] : administer);

function changesRuns(change: unknown): Policy {
  const { action, isDryRun } = (change ?? {}) as { readonly [Field in keyof FlowRunsChange]?: unknown };
  if (isDryRun === true) return read;
  return action === "cancel" || action === "retry" || action === "resume" ? run : operate;
}

/** What would be made may be seen by who sees the rest. */
function schedulesRuns(window: unknown): Policy {
  const { isDryRun } = (window ?? {}) as { readonly isDryRun?: unknown };
  return isDryRun === true ? read : author;
}

export const v1Policies: { readonly [Method in ApiMethod]: PolicyOf } = {
  record: work,
  readFlowRun: read,
  listFlowRuns: read,
  listFlowRunRows: read,
  countFlowRuns: read,
  resolveId: read,
  changeFlowRuns: changesRuns,
  proposeFlowRunState: act,
  claimFlowRun: act,
  updateFlowRun: act,
  deleteFlowRun: operate,
  whyWaiting: read,
  readTaskRun: read,
  listTaskRuns: read,
  renameTaskRun: act,
  deleteTaskRun: operate,
  countTaskRuns: read,
  readRecords: read,
  readCacheEntry: read,
  keepOnce: work,
  dropKept: work,
  listLogs: read,
  searchLogs: read,
  listArtifacts: read,
  listArtifactRows: read,
  deleteArtifact: author,
  listEvents: read,
  count: read,
  countBy: read,
  readRunHistory: read,
  readDurationHistory: read,
  readEventHistory: read,
  groupEvents: read,
  measureRuns: read,
  listSeenStates: read,
  readTimeline: read,
  readRunGraph: read,
  summarizeFlows: read,
  summarizeDeployments: read,
  groupFailures: read,
  listFailedRuns: read,
  readTaskGrid: read,
  readObject: read,
  listObjects: read,
  createObject: ofKind,
  updateObject: ofKind,
  tryAutomation: read,
  listEvaluations: read,
  findUses: read,
  deleteObject: ofKind,
  submitRun: act,
  saveDeployment: author,
  updateDeployment: author,
  pauseDeployment: author,
  resumeDeployment: author,
  listDeploymentVersions: read,
  readDeploymentVersion: read,
  rollBackDeployment: author,
  deleteDeployment: author,
  createSchedule: author,
  updateSchedule: author,
  deleteSchedule: author,
  scheduleRuns: schedulesRuns,
  upcoming: read,
  createWorkPool: operate,
  updateWorkPool: operate,
  createWorkQueue: operate,
  updateWorkQueue: operate,
  findDueRuns: work,
  findDueRunsOfDeployments: work,
  countActiveRuns: read,
  heartbeatWorker: work,
  tellReadiness: work,
  readVariable: read,
  listVariables: read,
  writeVariable: author,
  deleteVariable: author,
  readSecret: work,
  listSecrets: read,
  writeSecret: author,
  deleteSecret: author,
  listAccounts: seeAccounts,
  createAccount: administer,
  updateAccount: administer,
  deleteAccount: administer,
  listApiKeys: seeAccounts,
  createApiKey: administer,
  deleteApiKey: administer,
  listAuditEntries: seeAccounts,
  listWorkspaces: seeAccounts,
  createWorkspace: administer,
  updateWorkspace: administer,
  deleteWorkspace: administer,
  restoreWorkspace: administer,
  listMembers: seeAccounts,
  setMember: administer,
  sendRunInput: act,
  listRunInputs: read,
  deleteRunInputs: work,
  listInbox: read,
  readInboxItem: read,
  answerPause: run,
  listAnswers: read,
  expirePause: work,
  checkValues: read,
  registerProcess: work,
  renewProcess: work,
  endProcess: work,
  readAttention: work,
  expireProcesses: look,
  acquireSlot: work,
  releaseSlot: work,
  takeSlots: work,
  giveBackSlots: work,
  renewSlots: work,
  expireSlots: work,
};

/** What is asked for the run itself, or is refused: server/access/runs/check-of-run.ts has a check of each. */
export const callsOfRun = [
  "record",
  "proposeFlowRunState",
  "claimFlowRun",
  "updateFlowRun",
  "renameTaskRun",
  "submitRun",
  "sendRunInput",
  "listRunInputs",
  "deleteRunInputs",
  "registerProcess",
  "renewProcess",
  "endProcess",
  "readAttention",
  "expireProcesses",
  "keepOnce",
  "dropKept",
  "acquireSlot",
  "releaseSlot",
  "takeSlots",
  "giveBackSlots",
  "renewSlots",
] as const satisfies readonly ApiMethod[];

export type CallOfRun = (typeof callsOfRun)[number];

/**
 * What the key of a run's process may call, where its account may too. `read`: what a viewer reads, and secrets, whatever it is
 * about. `own`: what is about its own run. What is not named here is for no run.
 */
export function runRightOf(method: ApiMethod): "read" | "own" | "none" {
  if (callsOfRun.some((own) => own === method)) return "own";
  const policy = v1Policies[method];
  if (method === "readSecret" || policy === read) return "read";
  return "none";
}

/** Of the routes that are no methods of Api. `anyone` is not asked who they are. */
export const serverPolicies = {
  health: "anyone",
  ready: "anyone",
  /** `/livez` and `/readyz`. */
  probe: "anyone",
  metrics: read,
  version: read,
  openApi: read,
  settings: { role: "operator", does: "read" },
  status: read,
  streamEvents: read,
  /** Whoever sends is proved by a signature. */
  hook: "anyone",
  setSecret: author,
  createBlock: author,
  readBlockValues: read,
  changeBlockValues: author,
  listBlocksAround: read,
  /** Something is sent by it. */
  tryBlock: author,
  readSession: "anyone",
  signIn: "anyone",
  signOut: "anyone",
  beginOidc: "anyone",
  /** Whoever comes is proved by their identity provider. */
  endOidc: "anyone",
  changeOwn: { role: "none", does: "change" },
  readOwn: { role: "none", does: "read" },
} as const satisfies Readonly<Record<string, Policy | "anyone">>;

/** A call by its name: a method of Api, or one of the server's own. */
export type CallName = ApiMethod | keyof typeof serverPolicies;

const policies: { readonly [Name in CallName]: PolicyOf | "anyone" } = { ...v1Policies, ...serverPolicies };

/** What a call needs, with its arguments where it depends on them: for who says beforehand what somebody may not do. */
export function policyOf(call: CallName, ...args: readonly unknown[]): Policy | "anyone" {
  const policy = policies[call];
  return typeof policy === "function" ? policy(...args) : policy;
}

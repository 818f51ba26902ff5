/**
 * How each method of Api is called over HTTP: a verb, a path, and where its arguments are. The answer is the method's value
 * as JSON (none for a method without one). This is all that a client needs; v1-routes.ts adds the schemas.
 */

import type { Api } from "../api.ts";
import { MillraceError } from "../errors.ts";

/** The methods that go over the wire: all but giving up the connection. */
export type ApiMethod = Exclude<keyof Api, "close">;

/** Where an argument of the method is in the request. A body is one argument, or an object of several by name. */
export type ArgumentPlace =
  | { readonly in: "path"; readonly name: string }
  | { readonly in: "query"; readonly name: string }
  | { readonly in: "header"; readonly name: "if-match" }
  | { readonly in: "body"; readonly name: string | null };

type PlaceOfEach<Args extends readonly unknown[]> = { readonly [Index in keyof Args]: ArgumentPlace };

export interface V1Call<Method extends ApiMethod = ApiMethod> {
  readonly verb: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With `:name` for the arguments that are in it. */
  readonly path: string;
  /** One for each argument, in order. */
  readonly places: PlaceOfEach<Required<Parameters<Api[Method]>>>;
  /**
   * Whether doing it twice is as good as once, so that a request whose answer was lost can be sent again; a function where
   * that depends on what is asked.
   */
  readonly isIdempotent: boolean | ((...args: Parameters<Api[Method]>) => boolean);
  /** For a method whose value may be null: that is answered with this error, whose status is 404. */
  readonly absent?: (...args: Parameters<Api[Method]>) => MillraceError;
}

const path = (name: string): ArgumentPlace => ({ in: "path", name });
const query = (name: string): ArgumentPlace => ({ in: "query", name });
const field = (name: string): ArgumentPlace => ({ in: "body", name });
const body: ArgumentPlace = { in: "body", name: null };
/** As an entity tag: `"7"`. */
const revision: ArgumentPlace = { in: "header", name: "if-match" };

const read = { verb: "GET", isIdempotent: true } as const;
/** A question that is too long for a URL. */
const ask = { verb: "POST", isIdempotent: true } as const;
const act = { verb: "POST", isIdempotent: false } as const;
const repeatable = { verb: "POST", isIdempotent: true } as const;
const write = { verb: "PUT", isIdempotent: true } as const;
const remove = { verb: "DELETE", isIdempotent: true } as const;

/** Whoever has changed it of that revision, and lost the answer, would be refused. */
const isWithoutRevision = (_id: string, _change: object, given?: number): boolean => given === undefined;

function notFound(kind: string, name: string): MillraceError {
  return new MillraceError("NOT_FOUND", { kind, name, advice: "Look at the list of those there are." });
}

function noRun(kind: string, id: string): MillraceError {
  return new MillraceError("RUN_NOT_FOUND", { kind, id });
}

const filtered = [field("filter"), field("page")] as const;

export const v1Calls: { readonly [Method in ApiMethod]: V1Call<Method> } = {
  record: { ...repeatable, path: "/v1/record", places: [body] },

  readFlowRun: {
    ...read,
    path: "/v1/flow-runs/:id",
    places: [path("id")],
    absent: (id) => noRun("flow run", id),
  },
  listFlowRuns: {
    ...ask,
    path: "/v1/flow-runs/filter",
    places: [field("filter"), field("sort"), field("page")],
  },
  listFlowRunRows: {
    ...ask,
    path: "/v1/flow-runs/rows/filter",
    places: [field("filter"), field("sort"), field("page")],
  },
  countFlowRuns: { ...ask, path: "/v1/flow-runs/count", places: [field("filter")] },
  resolveId: { ...read, path: "/v1/ids/:prefix", places: [path("prefix"), query("kind")] },
  changeFlowRuns: { ...act, path: "/v1/flow-runs/change-many", places: [body] },
  proposeFlowRunState: { ...act, path: "/v1/flow-runs/propose-state", places: [body] },
  claimFlowRun: { ...act, path: "/v1/flow-runs/claim", places: [body] },
  updateFlowRun: {
    verb: "PATCH",
    isIdempotent: true,
    path: "/v1/flow-runs/:id",
    places: [path("id"), body],
    absent: (id) => noRun("flow run", id),
  },
  deleteFlowRun: { ...remove, path: "/v1/flow-runs/:id", places: [path("id")] },
  whyWaiting: { ...read, path: "/v1/flow-runs/:flowRunId/why-waiting", places: [path("flowRunId")] },

  readTaskRun: {
    ...read,
    path: "/v1/task-runs/:id",
    places: [path("id")],
    absent: (id) => noRun("task run", id),
  },
  listTaskRuns: {
    ...ask,
    path: "/v1/task-runs/filter",
    places: [field("filter"), field("page"), field("sort")],
  },
  renameTaskRun: { ...write, path: "/v1/task-runs/:id/name", places: [path("id"), field("name")] },
  deleteTaskRun: { ...remove, path: "/v1/task-runs/:id", places: [path("id")] },
  countTaskRuns: { ...read, path: "/v1/flow-runs/:flowRunId/task-counts", places: [path("flowRunId")] },
  readRecords: {
    ...read,
    path: "/v1/flow-runs/:flowRunId/records",
    places: [path("flowRunId"), query("parentId")],
  },
  readCacheEntry: {
    ...ask,
    path: "/v1/cache-entries/read",
    places: [field("key")],
    absent: (key) => notFound("cache entry", key),
  },
  keepOnce: { ...repeatable, path: "/v1/cache-entries/keep", places: [body] },
  dropKept: { ...repeatable, path: "/v1/cache-entries/drop", places: [field("key"), field("taskRunId")] },

  listLogs: { ...ask, path: "/v1/logs/filter", places: filtered },
  searchLogs: { ...ask, path: "/v1/logs/search", places: [body] },
  listArtifacts: { ...ask, path: "/v1/artifacts/filter", places: filtered },
  listArtifactRows: { ...ask, path: "/v1/artifacts/rows/filter", places: filtered },
  deleteArtifact: { ...remove, path: "/v1/artifacts/:id", places: [path("id")] },
  listEvents: { ...ask, path: "/v1/events/filter", places: filtered },

  count: { ...ask, path: "/v1/count", places: [field("subject"), field("where")] },
  countBy: { ...ask, path: "/v1/count-by", places: [field("subject"), field("field"), field("where")] },
  readRunHistory: { ...ask, path: "/v1/runs/history", places: [body] },
  readDurationHistory: { ...ask, path: "/v1/flow-runs/durations", places: [body] },
  readEventHistory: { ...ask, path: "/v1/events/history", places: [body] },
  groupEvents: { ...ask, path: "/v1/events/groups", places: [body] },
  measureRuns: { ...ask, path: "/v1/runs/measures", places: [field("subject"), field("where")] },
  listSeenStates: { ...read, path: "/v1/runs/states", places: [] },
  readTimeline: { ...ask, path: "/v1/flow-runs/timeline", places: [body] },
  readRunGraph: { ...ask, path: "/v1/flow-runs/graph", places: [body] },
  summarizeFlows: { ...ask, path: "/v1/flows/summaries", places: [body] },
  summarizeDeployments: { ...ask, path: "/v1/deployments/summaries", places: [body] },
  groupFailures: { ...ask, path: "/v1/failures/groups", places: [body] },
  listFailedRuns: { ...ask, path: "/v1/failures/runs", places: [body] },
  readTaskGrid: { ...ask, path: "/v1/flows/task-grid", places: [body] },
  readObject: {
    ...read,
    path: "/v1/objects/:kind/:id",
    places: [path("kind"), path("id")],
    absent: (kind, id) => notFound(kind, id),
  },
  listObjects: {
    ...ask,
    path: "/v1/objects/:kind/filter",
    places: [path("kind"), field("query"), field("page")],
  },
  createObject: { ...act, path: "/v1/objects/:kind", places: [path("kind"), body] },
  updateObject: {
    verb: "PATCH",
    isIdempotent: false,
    path: "/v1/objects/:kind/:id",
    places: [path("kind"), path("id"), field("change"), field("revision")],
    absent: (kind, id) => notFound(kind, id),
  },
  tryAutomation: { ...ask, path: "/v1/automations/try", places: [body] },
  listEvaluations: { ...read, path: "/v1/automations/:id/evaluations", places: [path("id")] },
  findUses: { ...ask, path: "/v1/uses/find", places: [body] },
  deleteObject: { ...remove, path: "/v1/objects/:kind/:id", places: [path("kind"), path("id")] },

  submitRun: {
    verb: "POST",
    // A flow has one run of a key.
    isIdempotent: ({ idempotencyKey }) => idempotencyKey !== undefined,
    path: "/v1/flow-runs/submit",
    places: [body],
  },
  saveDeployment: { ...write, path: "/v1/deployments", places: [body] },
  updateDeployment: {
    verb: "PATCH",
    isIdempotent: false,
    path: "/v1/deployments/:id",
    places: [path("id"), field("change"), field("revision")],
    absent: (id) => notFound("deployment", id),
  },
  pauseDeployment: {
    ...repeatable,
    path: "/v1/deployments/:id/pause",
    places: [path("id")],
    absent: (id) => notFound("deployment", id),
  },
  resumeDeployment: {
    ...repeatable,
    path: "/v1/deployments/:id/resume",
    places: [path("id")],
    absent: (id) => notFound("deployment", id),
  },
  listDeploymentVersions: { ...ask, path: "/v1/deployments/:id/versions/filter", places: [path("id"), field("page")] },
  readDeploymentVersion: {
    ...ask,
    path: "/v1/deployments/:id/versions/read",
    places: [path("id"), field("number")],
    absent: (id, number) => notFound("deployment version", `${id} ${number}`),
  },
  rollBackDeployment: {
    ...repeatable,
    path: "/v1/deployments/:id/roll-back",
    places: [path("id"), field("number")],
    absent: (id, number) => notFound("deployment version", `${id} ${number}`),
  },
  deleteDeployment: { ...remove, path: "/v1/deployments/:id", places: [path("id")] },
  createSchedule: { ...act, path: "/v1/deployments/:deploymentId/schedules", places: [path("deploymentId"), body] },
  updateSchedule: {
    verb: "PATCH",
    isIdempotent: isWithoutRevision,
    path: "/v1/schedules/:id",
    places: [path("id"), body, revision],
    absent: (id) => notFound("schedule", id),
  },
  deleteSchedule: { ...remove, path: "/v1/schedules/:id", places: [path("id")] },
  scheduleRuns: { ...repeatable, path: "/v1/flow-runs/schedule", places: [body] },
  upcoming: { ...ask, path: "/v1/schedules/upcoming", places: [body] },

  createWorkPool: { ...act, path: "/v1/work-pools", places: [body] },
  updateWorkPool: {
    verb: "PATCH",
    isIdempotent: isWithoutRevision,
    path: "/v1/work-pools/:id",
    places: [path("id"), body, revision],
    absent: (id) => notFound("work-pool", id),
  },
  createWorkQueue: { ...act, path: "/v1/work-queues", places: [body] },
  updateWorkQueue: {
    verb: "PATCH",
    isIdempotent: isWithoutRevision,
    path: "/v1/work-queues/:id",
    places: [path("id"), body, revision],
    absent: (id) => notFound("work-queue", id),
  },
  findDueRuns: { ...ask, path: "/v1/flow-runs/due", places: [body] },
  findDueRunsOfDeployments: { ...ask, path: "/v1/flow-runs/due-of-deployments", places: [body] },
  countActiveRuns: { ...ask, path: "/v1/work-queues/active-runs", places: [field("workQueueIds")] },
  heartbeatWorker: { ...repeatable, path: "/v1/workers/heartbeat", places: [body] },
  tellReadiness: { ...repeatable, path: "/v1/work-pools/tell-readiness", places: [] },

  readVariable: {
    ...read,
    path: "/v1/variables/:name",
    places: [path("name")],
    absent: (name) => notFound("variable", name),
  },
  listVariables: { ...ask, path: "/v1/variables/filter", places: [field("page")] },
  writeVariable: {
    ...write,
    isIdempotent: (_, given) => given === undefined,
    path: "/v1/variables",
    places: [body, revision],
  },
  deleteVariable: { ...remove, path: "/v1/variables/:name", places: [path("name")] },
  readSecret: {
    ...read,
    path: "/v1/secrets/:name",
    places: [path("name")],
    absent: (name) => notFound("secret", name),
  },
  listSecrets: { ...read, path: "/v1/secrets", places: [] },
  writeSecret: { ...write, path: "/v1/secrets", places: [body] },
  deleteSecret: { ...remove, path: "/v1/secrets/:name", places: [path("name")] },

  listAccounts: { ...ask, path: "/v1/accounts/filter", places: [field("page")] },
  createAccount: { ...act, path: "/v1/accounts", places: [body] },
  updateAccount: {
    verb: "PATCH",
    isIdempotent: isWithoutRevision,
    path: "/v1/accounts/:id",
    places: [path("id"), body, revision],
    absent: (id) => notFound("account", id),
  },
  deleteAccount: { ...remove, path: "/v1/accounts/:id", places: [path("id")] },
  listApiKeys: { ...ask, path: "/v1/api-keys/filter", places: filtered },
  createApiKey: { ...act, path: "/v1/api-keys", places: [body] },
  deleteApiKey: { ...remove, path: "/v1/api-keys/:id", places: [path("id")] },
  listAuditEntries: { ...ask, path: "/v1/audit-entries/filter", places: filtered },

  listWorkspaces: { ...ask, path: "/v1/workspaces/filter", places: [field("page")] },
  createWorkspace: { ...act, path: "/v1/workspaces", places: [body] },
  updateWorkspace: {
    verb: "PATCH",
    isIdempotent: isWithoutRevision,
    path: "/v1/workspaces/:id",
    places: [path("id"), body, revision],
    absent: (id) => notFound("workspace", id),
  },
  deleteWorkspace: {
    ...repeatable,
    path: "/v1/workspaces/:id/delete",
    places: [path("id"), body],
    absent: (id) => notFound("workspace", id),
  },
  restoreWorkspace: {
    ...repeatable,
    path: "/v1/workspaces/:id/restore",
    places: [path("id")],
    absent: (id) => notFound("workspace", id),
  },
  listMembers: { ...ask, path: "/v1/workspace-members/filter", places: filtered },
  setMember: { ...write, path: "/v1/workspace-members", places: [body] },

  sendRunInput: { ...repeatable, path: "/v1/run-inputs", places: [body] },
  listRunInputs: {
    ...read,
    path: "/v1/flow-runs/:flowRunId/inputs",
    places: [path("flowRunId"), query("key")],
  },

  deleteRunInputs: {
    ...remove,
    path: "/v1/flow-runs/:flowRunId/inputs/:key",
    places: [path("flowRunId"), path("key")],
  },
  listInbox: { ...ask, path: "/v1/inbox/filter", places: filtered },
  readInboxItem: {
    ...read,
    path: "/v1/inbox/:flowRunId",
    places: [path("flowRunId")],
    absent: (flowRunId) => notFound("question that waits in flow run", flowRunId),
  },
  answerPause: { ...act, path: "/v1/inbox/answer", places: [body] },
  listAnswers: { ...read, path: "/v1/flow-runs/:flowRunId/answers", places: [path("flowRunId")] },
  expirePause: { ...repeatable, path: "/v1/inbox/:flowRunId/expire", places: [path("flowRunId")] },
  checkValues: { ...ask, path: "/v1/values/check", places: [body] },

  registerProcess: { ...write, path: "/v1/processes", places: [body] },
  renewProcess: { ...repeatable, path: "/v1/processes/:id/renew", places: [path("id")] },
  endProcess: { ...repeatable, path: "/v1/processes/:id/end", places: [path("id")] },
  readAttention: { ...read, path: "/v1/processes/:processId/attention", places: [path("processId")] },
  expireProcesses: { ...repeatable, path: "/v1/processes/expire", places: [] },
  acquireSlot: { ...repeatable, path: "/v1/slots/acquire", places: [body] },
  releaseSlot: { ...repeatable, path: "/v1/slots/release", places: [field("limitName"), field("holder")] },

  takeSlots: {
    verb: "POST",
    // There is one lease of an id.
    isIdempotent: ({ leaseId }) => leaseId !== undefined,
    path: "/v1/concurrency-limits/take",
    places: [body],
  },
  giveBackSlots: {
    verb: "POST",
    // A lease ends once.
    isIdempotent: (slots) => "leaseId" in slots,
    path: "/v1/concurrency-limits/give-back",
    places: [body],
  },
  renewSlots: {
    ...repeatable,
    path: "/v1/slot-leases/:leaseId/renew",
    places: [path("leaseId"), field("leaseMs")],
  },
  expireSlots: { ...repeatable, path: "/v1/slot-leases/expire", places: [] },
};

export const apiMethods = Object.keys(v1Calls) as readonly ApiMethod[];

/** What `import … from "millrace/client"` gives: an orchestrator's Api over HTTP, on any platform that has `fetch`. */

export { type Client, type ClientOptions, createClient } from "../client/create-client.ts";
export { type VerifiedWebhook, verifyWebhook, type WebhookCall } from "../client/verify-webhook.ts";
export type {
  DurationCell,
  DurationHistory,
  DurationHistoryRequest,
  EventGroup,
  EventGroupsRequest,
  EventHistoryCell,
  EventHistoryRequest,
  FieldCount,
  RunHistoryCell,
  RunHistoryRequest,
  RunMeasures,
  Timeline,
  TimelineDensity,
  TimelineRequest,
  TimelineRows,
} from "../contract/aggregates.ts";
export type { Api, FlowRunClaim, IdKind, ObjectQuery, ResolvedId, ValueFault } from "../contract/api.ts";
export type {
  Action,
  ActionTarget,
  CompoundTrigger,
  EvaluationReason,
  EventTrigger,
  Firing,
  MetricTrigger,
  ResourceSpec,
  SequenceTrigger,
  Trigger,
} from "../contract/automations.ts";
export type { FlowRunAction, FlowRunsChange, FlowRunsChanged } from "../contract/bulk.ts";
export { takenSlots } from "../contract/concurrency.ts";
export type {
  DeploymentChange,
  DraftSchedule,
  Rerun,
  RunSubmission,
  ScheduleChange,
  ScheduleToSave,
  SubmittedRun,
} from "../contract/deployments.ts";
export { type ErrorCode, isMillraceError, MillraceError, type RecordedError } from "../contract/errors.ts";
export type { Entrypoint, FlowRun, FlowRunFilter, FlowRunSort, RunEnvironment } from "../contract/flow-run.ts";
export type { ErrorSummary, FlowRunRow } from "../contract/flow-run-row.ts";
export type {
  FailedRun,
  FailedRunsRequest,
  FailureGroup,
  FailureGroupRef,
  FailureGroups,
  FailureGroupsRequest,
} from "../contract/failures.ts";
export type {
  DeploymentSummary,
  DeploymentSummaryRequest,
  FlowSummary,
  FlowSummaryBars,
  FlowSummaryRequest,
  TaskGrid,
  TaskGridCells,
  TaskGridRequest,
  TaskGridRuns,
} from "../contract/flow-trends.ts";
export {
  type Account,
  type AccountChange,
  type AccountRole,
  accountRoles,
  type ApiKey,
  type ApiKeyFilter,
  type AuditEntry,
  type AuditFilter,
  isAllowed,
  type MadeApiKey,
  type NewAccount,
  type NewApiKey,
  type Policy,
  type Role,
  roles,
} from "../contract/access.ts";
export {
  type Member,
  type MemberRole,
  memberRoles,
  type NewWorkspace,
  type OpenWorkspace,
  type Workspace,
  type WorkspaceChange,
  workspaceName,
} from "../contract/workspaces.ts";
export { type CallName, policyOf } from "../contract/wire/v1-policies.ts";
export type { OwnKeyToMake, PasswordChange, SessionDescription, SignInRequest } from "../contract/wire/session.ts";
export type { ArtifactRow } from "../contract/artifact-row.ts";
export type { AnswerToPause, InboxItem, PauseAnswer } from "../contract/inbox.ts";
export type { Use, UsedThing, Uses } from "../contract/uses.ts";
export type { LogMatches, LogSearch } from "../contract/log-search.ts";
export type {
  Artifact,
  ArtifactFilter,
  Event,
  EventFilter,
  LogFilter,
  LogLevel,
  Page,
  PageRequest,
  StoredEvent,
  StoredLogLine,
} from "../contract/records.ts";
export type {
  Automation,
  AutomationFiring,
  BlockDocument,
  BlockSchema,
  BlockType,
  ConcurrencyLimit,
  Deployment,
  DeploymentVersion,
  Flow,
  Json,
  JsonObject,
  ObjectKind,
  ObjectTypes,
  Readiness,
  Schedule,
  SlotLease,
  Variable,
  Webhook,
  Worker,
  WorkPool,
  WorkQueue,
} from "../contract/objects.ts";
export type { Condition, FieldValue, Sort, Subject } from "../contract/query.ts";
export type { NodeState, RunGraph, RunGraphEdge, RunGraphNode, RunGraphRequest } from "../contract/run-graph.ts";
export { hidden as hiddenSecret } from "../contract/block-secrets.ts";
export {
  type BlockAround,
  blockName,
  type BlockToCreate,
  type BlockValues,
  type BlockTrial,
  type BlockValuesChange,
  triableBlockTypes,
} from "../contract/wire/sealed-values.ts";
export type {
  DatabaseDescription,
  EventStatus,
  LoopStatus,
  QueueStatus,
  ServerProcess,
  ServerSetting,
  ServerSettings,
  ServerStatus,
  ShownSetting,
} from "../contract/wire/server-description.ts";
export type { ServerInfo } from "../contract/wire/server-info.ts";
export type { CatchUpPolicy, ScheduleSpec } from "../contract/schedules.ts";
export { isTerminal, type State, type StateType, stateTypes } from "../contract/states.ts";
export type { TaskCount, TaskRun, TaskRunFilter, TaskRunSort } from "../contract/task-run.ts";
export type { KeptEvaluation } from "../contract/evaluations.ts";
export type { AutomationTrial, TrialReport } from "../contract/trials.ts";
export type { Hold, WaitReport } from "../contract/waiting.ts";
export { describeSchedule } from "../rules/schedules/describe-schedule.ts";
export { isOnline, isServed, runtimeOf } from "../contract/work.ts";

/** What `import … from "millrace/client"` gives: an orchestrator's Api over HTTP, on any platform that has `fetch`. */

export { type Client, type ClientOptions, createClient } from "../client/create-client.ts";
export type { Api, FlowRunClaim } from "../contract/api.ts";
export { type ErrorCode, isMillraceError, MillraceError } from "../contract/errors.ts";
export type { FlowRun, FlowRunFilter, FlowRunSort } from "../contract/flow-run.ts";
export type {
  Artifact,
  ArtifactFilter,
  LogFilter,
  Page,
  PageRequest,
  StoredEvent,
  StoredLogLine,
} from "../contract/records.ts";
export type { Variable } from "../contract/objects.ts";
export type { ServerInfo } from "../contract/wire/server-info.ts";
export type { State, StateType } from "../contract/states.ts";
export type { TaskCount, TaskRun, TaskRunFilter } from "../contract/task-run.ts";

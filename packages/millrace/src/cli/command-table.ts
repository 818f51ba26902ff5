/** Every command there is. A command's file is loaded when it is called, so that the others cost nothing. */

import { accessCommands, accessGroups } from "./access-commands.ts";
import type { AnyCommand } from "./command.ts";
import { ledgerCommands, ledgerGroups } from "./ledger-commands.ts";
import { objectCommands, objectGroups } from "./object-commands.ts";

export interface CommandEntry {
  /** The words that call it. */
  readonly path: string;
  readonly load: () => Promise<AnyCommand>;
}

/** What the first word of several commands stands for. */
export const commandGroups: Readonly<Record<string, string>> = {
  "flow-run": "Look at flow runs, go on with them, cancel and delete them",
  "flow-run state": "Set the state of a flow run by hand",
  "flow-run bulk": "Change many flow runs at once, chosen by their state, flow, tags or age",
  "task-run": "Look at the task runs of a flow run, rename and delete them",
  ...objectGroups,
  artifact: "Reports, tables, charts and progress that runs have left",
  variable: "Values that flows read",
  secret: "Values that flows read and nobody sees",
  signal: "Values that are sent to running flows",
  log: "What runs have logged",
  event: "What has happened",
  config: "Settings: what holds, and where it comes from",
  profile: "Named sets of settings",
  ...accessGroups,
  ...ledgerGroups,
  server: "A server that keeps the ledger for other processes and machines",
  worker: "What executes the runs of work pools",
  errors: "What an error means",
};

/** Short words for long groups. */
export const groupAliases: Readonly<Record<string, string>> = { gcl: "global-concurrency-limit" };

const loadBulk = () => import("./commands/flow-run/bulk/bulk.ts");

export const commandTable: readonly CommandEntry[] = [
  { path: "run", load: async () => (await import("./commands/run/run.ts")).runCommand },
  { path: "init", load: async () => (await import("./commands/init/init.ts")).initCommand },
  { path: "flow-run ls", load: async () => (await import("./commands/flow-run/ls.ts")).flowRunLs },
  { path: "flow-run inspect", load: async () => (await import("./commands/flow-run/inspect.ts")).flowRunInspect },
  { path: "flow-run logs", load: async () => (await import("./commands/flow-run/logs.ts")).flowRunLogs },
  { path: "flow-run explain", load: async () => (await import("./commands/flow-run/explain.ts")).flowRunExplain },
  { path: "flow-run why", load: async () => (await import("./commands/flow-run/why.ts")).flowRunWhy },
  { path: "flow-run watch", load: async () => (await import("./commands/flow-run/watch.ts")).flowRunWatch },
  { path: "flow-run resume", load: async () => (await import("./commands/flow-run/resume.ts")).flowRunResume },
  { path: "flow-run retry", load: async () => (await import("./commands/flow-run/retry.ts")).flowRunRetry },
  { path: "flow-run rerun", load: async () => (await import("./commands/flow-run/rerun.ts")).flowRunRerun },
  { path: "flow-run cancel", load: async () => (await import("./commands/flow-run/cancel.ts")).flowRunCancel },
  { path: "flow-run rename", load: async () => (await import("./commands/flow-run/rename.ts")).flowRunRename },
  { path: "flow-run delete", load: async () => (await import("./commands/flow-run/delete.ts")).flowRunDelete },
  { path: "flow-run state set", load: async () => (await import("./commands/flow-run/state-set.ts")).flowRunStateSet },
  { path: "flow-run bulk cancel", load: async () => (await loadBulk()).flowRunBulkCancel },
  { path: "flow-run bulk retry", load: async () => (await loadBulk()).flowRunBulkRetry },
  { path: "flow-run bulk resume", load: async () => (await loadBulk()).flowRunBulkResume },
  { path: "flow-run bulk set-state", load: async () => (await loadBulk()).flowRunBulkStateSet },
  { path: "flow-run bulk delete", load: async () => (await loadBulk()).flowRunBulkDelete },
  { path: "task-run ls", load: async () => (await import("./commands/task-run/ls.ts")).taskRunLs },
  { path: "task-run inspect", load: async () => (await import("./commands/task-run/inspect.ts")).taskRunInspect },
  { path: "task-run logs", load: async () => (await import("./commands/task-run/logs.ts")).taskRunLogs },
  { path: "task-run rename", load: async () => (await import("./commands/task-run/rename.ts")).taskRunRename },
  { path: "task-run delete", load: async () => (await import("./commands/task-run/delete.ts")).taskRunDelete },
  ...objectCommands,
  { path: "artifact ls", load: async () => (await import("./commands/artifact/ls.ts")).artifactLs },
  { path: "artifact inspect", load: async () => (await import("./commands/artifact/inspect.ts")).artifactInspect },
  { path: "artifact versions", load: async () => (await import("./commands/artifact/versions.ts")).artifactVersions },
  { path: "artifact delete", load: async () => (await import("./commands/artifact/delete.ts")).artifactDelete },
  { path: "variable ls", load: async () => (await import("./commands/variable/ls.ts")).variableLs },
  { path: "variable get", load: async () => (await import("./commands/variable/get.ts")).variableGet },
  { path: "variable set", load: async () => (await import("./commands/variable/set.ts")).variableSet },
  { path: "variable delete", load: async () => (await import("./commands/variable/delete.ts")).variableDelete },
  { path: "secret ls", load: async () => (await import("./commands/secret/ls.ts")).secretLs },
  { path: "secret set", load: async () => (await import("./commands/secret/set.ts")).secretSet },
  { path: "secret rotate-key", load: async () => (await import("./commands/secret/rotate-key.ts")).secretRotateKey },
  { path: "secret delete", load: async () => (await import("./commands/secret/delete.ts")).secretDelete },
  { path: "signal send", load: async () => (await import("./commands/signal/send.ts")).signalSend },
  { path: "log search", load: async () => (await import("./commands/log/search.ts")).logSearch },
  { path: "event ls", load: async () => (await import("./commands/event/ls.ts")).eventLs },
  { path: "event stream", load: async () => (await import("./commands/event/stream.ts")).eventStream },
  { path: "event emit", load: async () => (await import("./commands/event/emit.ts")).eventEmit },
  { path: "config view", load: async () => (await import("./commands/config/view.ts")).configView },
  { path: "config set", load: async () => (await import("./commands/config/set.ts")).configSet },
  { path: "config unset", load: async () => (await import("./commands/config/unset.ts")).configUnset },
  { path: "config profiles", load: async () => (await import("./commands/config/profiles.ts")).configProfiles },
  { path: "config use", load: async () => (await import("./commands/config/use.ts")).configUse },
  { path: "profile ls", load: async () => (await import("./commands/profile/ls.ts")).profileLs },
  { path: "profile create", load: async () => (await import("./commands/profile/create.ts")).profileCreate },
  { path: "profile use", load: async () => (await import("./commands/profile/use.ts")).profileUse },
  { path: "profile inspect", load: async () => (await import("./commands/profile/inspect.ts")).profileInspect },
  { path: "profile rename", load: async () => (await import("./commands/profile/rename.ts")).profileRename },
  { path: "profile delete", load: async () => (await import("./commands/profile/delete.ts")).profileDelete },
  ...accessCommands,
  { path: "server start", load: async () => (await import("./commands/server/start.ts")).serverStart },
  { path: "server status", load: async () => (await import("./commands/server/status.ts")).serverStatus },
  { path: "server stop", load: async () => (await import("./commands/server/stop.ts")).serverStop },
  { path: "worker ls", load: async () => (await import("./commands/worker/ls.ts")).workerLs },
  { path: "worker start", load: async () => (await import("./commands/worker/start.ts")).workerStart },
  { path: "worker delete", load: async () => (await import("./commands/worker/delete.ts")).workerDelete },
  { path: "dev", load: async () => (await import("./commands/dev/dev.ts")).devCommand },
  { path: "deploy", load: async () => (await import("./commands/deploy/deploy.ts")).deployCommand },
  ...ledgerCommands,
  { path: "doctor", load: async () => (await import("./commands/doctor/doctor.ts")).doctorCommand },
  { path: "errors explain", load: async () => (await import("./commands/errors/explain.ts")).errorsExplain },
  { path: "completion", load: async () => (await import("./commands/completion/completion.ts")).completionCommand },
  { path: "version", load: async () => (await import("./commands/version/version.ts")).versionCommand },
];

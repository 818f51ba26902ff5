/** Names of events that the ledger tells of by itself, to choose from. */

const states = [
  "Scheduled",
  "Pending",
  "Running",
  "Completed",
  "Failed",
  "Crashed",
  "Cancelled",
  "Paused",
  "Late",
  "AwaitingRetry",
  "TimedOut",
];

export const knownEvents: readonly string[] = [
  ...states.map((state) => `millrace.flow-run.${state}`),
  ...["Completed", "Failed", "Crashed"].map((state) => `millrace.task-run.${state}`),
  ...["work-pool", "work-queue", "deployment"].flatMap((kind) =>
    ["ready", "not-ready"].map((state) => `millrace.${kind}.${state}`),
  ),
  ...["created", "updated", "deleted"].map((change) => `millrace.deployment.${change}`),
  "millrace.artifact-collection.created",
  "millrace.artifact-collection.updated",
  "millrace.automation.action.failed",
  "millrace.incident.declared",
];

export const knownLabels: readonly string[] = [
  "id",
  "related:flow:id",
  "related:deployment:id",
  "related:work-pool:id",
  "related:flow-run:id",
];

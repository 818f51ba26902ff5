/** What `import … from "millrace/testing"` gives to tests, whatever runs them. Importing it starts nothing. */

// A throw-away ledger
export { createTestLedger } from "../testing/create-test-ledger.ts";
export type { ContinueOptions, TestLedger, TestLedgerOptions } from "../testing/test-ledger.ts";
export type { EndedRun, StartedRun } from "../testing/ended-run.ts";
export type { TestClock, TestTime } from "../testing/ledger-clock.ts";
export type { DeploymentSubject } from "../testing/ledger-serving.ts";
export type { LedgerReading } from "../testing/ledger-reading.ts";
export type { AnyFlow, FlowSubject, RunSubject, TaskSubject } from "../testing/subjects.ts";

// Without the bodies of tasks
export { type StandIn, withTask } from "../testing/stand-ins.ts";
export { plan } from "../testing/plan.ts";
export type { FlowPlan, PlannedCall } from "../app/plan-flow.ts";

// Changed code against an old record
export { type Replay, type ReplayOptions, replay } from "../testing/replay.ts";
export type { Drift } from "../testing/replay-watch.ts";
export { exportRun } from "../testing/export-run.ts";
export type { RunRecording } from "../testing/recording.ts";

// Assertions
export {
  assertCompleted,
  assertFailed,
  assertHistory,
  assertRanBefore,
  assertState,
  assertTaskCount,
  type StatefulRun,
} from "../testing/assertions.ts";

// What the ledger gives to read
export type { Api } from "../contract/api.ts";
export type { SavedDeployment } from "../contract/deployments.ts";
export type { FlowRun, FlowRunFilter } from "../contract/flow-run.ts";
export type { Artifact, StoredEvent, StoredLogLine } from "../contract/records.ts";
export type { State, StateType } from "../contract/states.ts";
export type { TaskRun } from "../contract/task-run.ts";

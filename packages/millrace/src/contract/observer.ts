/** Who watches runs as they happen in this process: the terminal. Called synchronously, so it must be quick and never throw. */

import type { RecordedError } from "./errors.ts";
import type { Artifact, LogLine } from "./records.ts";
import type { State } from "./states.ts";
import type { RunReason, TaskRunKind } from "./task-run.ts";

export interface FlowRunSighting {
  readonly id: string;
  readonly name: string;
  readonly flowName: string;
  readonly parentRunId: string | null;
  readonly rootRunId: string;
  readonly state: State;
  readonly error: RecordedError | null;
  /** True when the run was taken up again (resume, retry) and not begun. */
  readonly resumed: boolean;
}

export interface TaskRunSighting {
  readonly id: string;
  readonly flowRunId: string | null;
  readonly parentId: string | null;
  readonly kind: TaskRunKind;
  readonly taskName: string;
  readonly name: string;
  readonly attempt: number;
  /** Null when it is seen for the first time. */
  readonly from: State | null;
  readonly state: State;
  readonly reason: RunReason | null;
  /** True when the recorded result of an earlier process was taken. */
  readonly fromRecord: boolean;
  readonly error: RecordedError | null;
}

export interface RunObserver {
  flowRun(sighting: FlowRunSighting): void;
  taskRun(sighting: TaskRunSighting): void;
  log(line: LogLine): void;
  artifact(artifact: Artifact): void;
}

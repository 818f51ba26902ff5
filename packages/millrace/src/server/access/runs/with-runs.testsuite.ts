/** Runs that processes of workers have, with the keys of these processes. */

import type { FlowRun } from "../../../contract/flow-run.ts";
import type { Api } from "../../../contract/api.ts";
import { type Clock, systemClock } from "../../../kit/clock.ts";
import { uuidFromHash, uuidv7 } from "../../../kit/ids.ts";
import { createRunKeys } from "../../../service/access/run-key-text.ts";
import { aFlowRun, aState, aTaskRun } from "../../../store/suite/samples.testsuite.ts";

export interface RunWithKey {
  readonly run: FlowRun;
  readonly processId: string;
  /** Of the run itself. */
  readonly taskRunId: string;
  readonly key: string;
}

/** A run that a process has, with a task. */
export async function makeRun(api: Api, workersKey: string, clock: Clock = systemClock): Promise<RunWithKey> {
  const processId = uuidv7();
  await api.registerProcess({ id: processId, host: "h", bootId: null, pid: 1, startToken: null, startedAt: 0 });
  const states = [aState("PENDING", clock.now()), aState("RUNNING", clock.now() + 1)];
  const made = aFlowRun({ id: uuidv7(clock.now()), states, ownerId: processId });
  const task = aTaskRun(made.id, [aState("RUNNING", clock.now())]);
  const { created } = await api.record({ processId, created: [made], taskRuns: [task] });
  const run = created[0]?.run;
  const keys = createRunKeys(workersKey);
  if (run === undefined || keys === null) throw new Error("No run was made");
  const key = keys.ofRun({ kind: "run", flowRunId: run.id, processId, epoch: run.epoch });
  return { run, processId, taskRunId: task.id, key };
}

/** A run that a task of this one calls, as it is recorded. */
export function aCalledRun({ run, processId, taskRunId }: RunWithKey, more: Parameters<typeof aFlowRun>[0] = {}) {
  return aFlowRun({
    id: uuidFromHash(`${taskRunId}/flow`),
    parentRunId: run.id,
    parentTaskRunId: taskRunId,
    rootRunId: run.rootRunId,
    ownerId: processId,
    ...more,
  });
}

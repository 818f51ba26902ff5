import type { FlowRun } from "../contract/flow-run.ts";
import type { State } from "../contract/states.ts";

/** A flow run in a state, with nothing else to it, for tests of rules. It was made 10 s before its state. */
export function aFlowRun(state: State, more: Partial<FlowRun> = {}): FlowRun {
  const id = "0190b5c8-0000-7000-8000-0000000000aa";
  return {
    id,
    flowName: "pipeline",
    name: "brave-otter",
    state,
    history: [state],
    parameters: "{}",
    tags: [],
    parentRunId: null,
    parentTaskRunId: null,
    rootRunId: id,
    deploymentId: null,
    idempotencyKey: null,
    adopts: null,
    version: null,
    entrypoint: null,
    environment: {},
    createdAt: state.at - 10_000,
    expectedAt: state.at - 10_000,
    startedAt: null,
    endedAt: null,
    runCount: 0,
    epoch: 0,
    ownerId: null,
    result: null,
    error: null,
    workPoolId: null,
    workQueueId: null,
    autoScheduled: false,
    dueAt: null,
    extra: {},
    ...more,
  };
}

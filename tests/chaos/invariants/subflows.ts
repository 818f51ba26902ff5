/** A subflow is one run, however often its parent begins again, and its parent's task run names it. */

import { type Invariant, short } from "./evidence.ts";

export const subflows: Invariant = ({ rows }) => {
  const children = rows.flowRuns.filter((run) => run.parentRunId !== null);
  const byCall = Map.groupBy(children, (run) => run.parentTaskRunId);
  const calls = rows.taskRuns.filter((run) => run.kind === "flow");
  return [
    ...[...byCall].flatMap(([call, runs]) =>
      runs.length === 1 ? [] : [`subflows: task run ${short(call)} has ${runs.length} runs`],
    ),
    ...calls.flatMap((call) => {
      const child = byCall.get(call.id)?.[0];
      if (child === undefined) return [`subflows: task run ${short(call.id)} has no run`];
      const isNamed = call.childFlowRunId === child.id;
      return [
        ...(isNamed ? [] : [`subflows: task run ${short(call.id)} names ${short(call.childFlowRunId)} as its run`]),
        ...(call.stateType === child.stateType
          ? []
          : [`subflows: run ${short(child.id)} is ${child.stateName}, and its task run ${call.stateName}`]),
      ];
    }),
  ];
};

import type { FlowDefinition, TaskDefinition } from "../contract/definitions.ts";
import { MillraceError } from "../contract/errors.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import { runtimeSlot } from "../contract/runtime.ts";

/**
 * The flow of a run among those that this process has defined: of the same name, module and code; else the newest of the same
 * name and module. Tests define flows in their bodies, which no import finds.
 */
export function findDefinition(run: FlowRun): FlowDefinition {
  const named = runtimeSlot().definitions.filter((each) => isFlowNamed(each, run.flowName));
  const near = named.filter(({ site }) => site?.module === run.entrypoint?.module);
  const same = near.filter(({ options, codeHash }) => (options.version ?? codeHash) === run.version);
  const found = same.at(-1) ?? near.at(-1);
  if (found !== undefined) return found;
  throw new MillraceError("FLOW_NOT_FOUND", {
    wanted: `\`${run.flowName}\``,
    module: run.entrypoint?.module ?? "this process",
    known: "Import its module, or hand in the flow.",
  });
}

function isFlowNamed(definition: FlowDefinition | TaskDefinition, name: string): definition is FlowDefinition {
  return definition.kind === "flow" && definition.name === name;
}

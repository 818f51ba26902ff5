import { getCallSites } from "node:util";
import type { FlowDefinition, TaskDefinition } from "./definitions.ts";
import { isMillraceError, MillraceError } from "./errors.ts";
import { runtimeSlot } from "./runtime.ts";

/** How far up the stack the unguarded call is looked for. */
const maxFrames = 100;

/**
 * A module that is imported to find its flows starts none of them, and no tasks. Thrown at once, so that the import fails also where
 * nobody awaits the call.
 *
 * @throws FLOW_CALLED_WHILE_IMPORTING, TASK_CALLED_WHILE_IMPORTING, which name the line
 */
export function refuseWhileImporting({ kind, name }: Pick<FlowDefinition | TaskDefinition, "kind" | "name">): void {
  const { importing } = runtimeSlot();
  if (importing === undefined) return;
  const site = getCallSites(maxFrames).find(({ scriptName }) => scriptName === importing);
  const line = site === undefined ? "line unknown" : `line ${site.lineNumber}`;
  if (kind === "task") throw new MillraceError("TASK_CALLED_WHILE_IMPORTING", { task: name, module: importing, line });
  throw new MillraceError("FLOW_CALLED_WHILE_IMPORTING", { flow: name, module: importing, line });
}

/** What an import failed with is the refusal of a call. */
export function isRefusedCall(error: unknown): error is MillraceError {
  return isMillraceError(error, "FLOW_CALLED_WHILE_IMPORTING") || isMillraceError(error, "TASK_CALLED_WHILE_IMPORTING");
}

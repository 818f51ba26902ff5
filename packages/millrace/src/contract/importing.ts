import { getCallSites } from "node:util";
import type { FlowDefinition } from "./definitions.ts";
import { MillraceError } from "./errors.ts";
import { runtimeSlot } from "./runtime.ts";

/** How far up the stack the unguarded call is looked for. */
const maxFrames = 100;

/**
 * A module that is imported to find its flows starts none of them. Thrown at once, so that the import fails also where
 * nobody awaits the call.
 *
 * @throws FLOW_CALLED_WHILE_IMPORTING, which names the line
 */
export function refuseWhileImporting(definition: Pick<FlowDefinition, "name">): void {
  const { importing } = runtimeSlot();
  if (importing === undefined) return;
  const site = getCallSites(maxFrames).find(({ scriptName }) => scriptName === importing);
  const line = site === undefined ? "line unknown" : `line ${site.lineNumber}`;
  throw new MillraceError("FLOW_CALLED_WHILE_IMPORTING", { flow: definition.name, module: importing, line });
}

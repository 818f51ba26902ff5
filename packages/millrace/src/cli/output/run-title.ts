import { cleanLine } from "./clean-text.ts";
import type { Look } from "./look.ts";

/** "etl · gentle-otter": the flow and the name of its run. */
export function runTitle(
  run: { readonly flowName: string; readonly name: string },
  { glyphs }: Pick<Look, "glyphs">,
): string {
  return `${cleanLine(run.flowName)} ${glyphs.dot} ${cleanLine(run.name)}`;
}

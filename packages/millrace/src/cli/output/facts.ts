import { displayWidth, ellipsize, pad } from "../../kit/text.ts";
import type { Output } from "./output.ts";

/** Names and values under each other. A fact whose value is null is left out; values are cut at the terminal's edge. */
export function renderFacts(
  facts: readonly (readonly [name: string, value: string | null])[],
  { look, width }: Pick<Output, "look" | "width">,
): readonly string[] {
  const known = facts.filter((fact): fact is readonly [string, string] => fact[1] !== null);
  const nameWidth = Math.max(0, ...known.map(([name]) => displayWidth(name)));
  return known.map(([name, value]) => {
    const room = Math.max(10, width - nameWidth - 2);
    return `${look.paint.dim(pad(name, nameWidth))}  ${ellipsize(value, room)}`;
  });
}

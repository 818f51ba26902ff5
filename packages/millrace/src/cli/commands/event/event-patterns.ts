/** Which events are meant, by name and by resource: each as it is, or its start with a * at the end. */

import { texts } from "../../arguments/options.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import type { EventFilter } from "../../newest-events.ts";

export const nameOption = texts(
  "NAME",
  "Only events of this name; with a * at its end, of all names that begin with it.",
);

/** @throws UsageProblem when some end with a star and some do not: an event would have to meet both */
export function toNames(written: readonly string[]): Pick<EventFilter, "names" | "namePrefixes"> {
  const { starts, wholes } = sort(written, "--name");
  if (starts.length > 0 && wholes.length > 0) {
    throw new UsageProblem("--name takes whole names, or starts of names with a *, not both");
  }
  if (written.length === 0) return {};
  return starts.length > 0 ? { namePrefixes: starts } : { names: wholes };
}

export function toResources(written: readonly string[]): Pick<EventFilter, "resourceIds" | "resourceIdPrefixes"> {
  const { starts, wholes } = sort(written, "--resource");
  return {
    ...(wholes.length === 0 ? {} : { resourceIds: wholes }),
    ...(starts.length === 0 ? {} : { resourceIdPrefixes: starts }),
  };
}

/**
 * What ends with a star is the start of what is looked for.
 *
 * @throws UsageProblem for a star elsewhere, which would find nothing
 */
function sort(
  written: readonly string[],
  option: string,
): { readonly starts: readonly string[]; readonly wholes: readonly string[] } {
  const astray = written.find((each) => each.slice(0, -1).includes("*"));
  if (astray !== undefined) {
    throw new UsageProblem(`${option} takes a * at its end only, not \`${astray}\``, "write the start, and a *");
  }
  return {
    starts: written.filter((each) => each.endsWith("*")).map((each) => each.slice(0, -1)),
    wholes: written.filter((each) => !each.endsWith("*")),
  };
}

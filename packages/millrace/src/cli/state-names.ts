/** States as they are asked for by `--state`: types in any case, and names, of which people may have made their own. */

import type { Api } from "../contract/api.ts";
import { defaultStateNames, stateTypes } from "../contract/states.ts";
import { nearest } from "../kit/nearest.ts";
import { UsageProblem } from "./arguments/usage-problem.ts";

/** Names that the product gives, beside those of the types. */
const ownNames = [
  "AwaitingConcurrencySlot",
  "AwaitingRetry",
  "Late",
  "Resuming",
  "Retrying",
  "Skipped",
  "Suspended",
  "TimedOut",
];

/** One by one, where several were written between commas. */
export function splitStates(written: readonly string[]): readonly string[] {
  return written.flatMap((each) => each.split(",").map((one) => one.trim()));
}

/** @throws UsageProblem for one that is no type, and that no run has for a name */
export async function checkStates(api: Pick<Api, "countBy">, states: readonly string[]): Promise<void> {
  const names = [...Object.values(defaultStateNames), ...ownNames];
  const isKnown = (state: string): boolean =>
    stateTypes.some((type) => type === state.toUpperCase()) || names.includes(state);
  const unknown = states.filter((state) => !isKnown(state));
  if (unknown.length === 0) return;
  const seen = (await api.countBy("flow-run", "stateName", { all: [] })).map(({ value }) => String(value));
  const missing = unknown.find((state) => !seen.includes(state));
  if (missing === undefined) return;
  const meant = nearest(missing, [...stateTypes, ...names, ...seen]);
  throw new UsageProblem(
    `no flow run is in a state \`${missing}\``,
    meant === null ? `types are ${stateTypes.join(", ")}` : `did you mean ${meant}?`,
  );
}

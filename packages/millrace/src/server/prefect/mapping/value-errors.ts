/** What is wrong with values, as a form shows it: each error within the property or the item of a list that it is about. */

import type { ValueFault } from "../../../contract/api.ts";

export type ValueError = string | { property: string; errors: ValueError[] } | { index: number; errors: ValueError[] };

/** @param values tell a name of a property from an index of a list */
export function toValueErrors(faults: readonly ValueFault[], values: unknown): ValueError[] {
  const errors: ValueError[] = [];
  for (const { path, message } of faults) {
    let level = errors;
    let value = values;
    for (const part of path) {
      level = within(level, part, Array.isArray(value));
      value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[part] : undefined;
    }
    level.push(message);
  }
  return errors;
}

function within(errors: ValueError[], part: string, isList: boolean): ValueError[] {
  const found = errors.find(
    (error) =>
      typeof error === "object" &&
      ("index" in error ? isList && error.index === Number(part) : error.property === part),
  );
  if (typeof found === "object") return found.errors;
  const made: ValueError[] = [];
  errors.push(isList ? { index: Number(part), errors: made } : { property: part, errors: made });
  return made;
}

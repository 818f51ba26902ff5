import type { Condition } from "../contract/query.ts";

/** The options by which most lists are narrowed, as conditions that all hold. */
export function nameWhere({
  name,
  tag = [],
}: {
  readonly name?: string | undefined;
  readonly tag?: readonly string[];
}): readonly Condition[] {
  return [
    ...(name === undefined ? [] : [{ field: "name", contains: name }]),
    ...(tag.length === 0 ? [] : [{ field: "tags", hasAll: tag }]),
  ];
}

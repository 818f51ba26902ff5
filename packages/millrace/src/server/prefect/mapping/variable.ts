import type { Variable } from "../../../contract/objects.ts";
import type { Condition, Sort } from "../../../contract/query.ts";
import { parseJson } from "../../../kit/json.ts";
import type * as wire from "../schemas/variables.ts";
import { toPrefectTime } from "../times.ts";
import { type OnUnreadable, readOr } from "./unreadable.ts";
import { fromField, fromTags, joined } from "./filters.ts";

/** A value that is no JSON is shown as the text that it is. */
export function toPrefectVariable(
  { id, createdAt, updatedAt, name, value, tags }: Variable,
  onUnreadable?: OnUnreadable,
): wire.Variable {
  return {
    id,
    created: toPrefectTime(createdAt),
    updated: toPrefectTime(updatedAt),
    name,
    value: readOr(
      { kind: "variable", id, onUnreadable },
      () => parseJson(value) as wire.Variable["value"],
      () => value,
    ),
    tags: [...tags],
  };
}

export function fromVariableFilter(filter: wire.VariableFilter | null): Condition {
  if (filter === null) return { all: [] };
  const { operator, id, name, tags } = filter;
  return joined(operator, [fromField("id", id), fromField("name", name), fromTags(tags)]);
}

export const variableSorts = {
  CREATED_DESC: { field: "createdAt", direction: "desc" },
  UPDATED_DESC: { field: "updatedAt", direction: "desc" },
  NAME_DESC: { field: "name", direction: "desc" },
  NAME_ASC: { field: "name", direction: "asc" },
} as const satisfies Readonly<Record<string, Sort>>;

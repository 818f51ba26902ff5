/**
 * Statements put together from parts. Values never become text of a statement:
 *
 *   sql`select * from ${table("log")} where at > ${at} and ${anyOf("flow_run_id", "uuid", ids)}`
 */

import type { Dialect, ListType, SqlValue } from "./dialect.ts";

type Part =
  | { readonly kind: "value"; readonly value: SqlValue }
  | { readonly kind: "uuid"; readonly value: string | null }
  | { readonly kind: "table"; readonly name: string }
  | { readonly kind: "columns"; readonly table: string; readonly names: readonly string[] }
  | { readonly kind: "any-of"; readonly column: string; readonly type: ListType; readonly values: readonly string[] }
  | { readonly kind: "has-all"; readonly column: string; readonly values: readonly string[] }
  | { readonly kind: "has-any"; readonly column: string; readonly values: readonly string[] }
  | { readonly kind: "elements-of"; readonly column: string; readonly name: string }
  | { readonly kind: "text-in"; readonly column: string; readonly key: string }
  | { readonly kind: "contains"; readonly column: string; readonly text: string };

/** Part of a statement, or a whole one: texts with the parts that stand between them. */
export class Fragment {
  readonly texts: readonly string[];
  readonly parts: readonly (Fragment | Part)[];

  constructor(texts: readonly string[], parts: readonly (Fragment | Part)[]) {
    this.texts = texts;
    this.parts = parts;
  }
}

export function sql(texts: TemplateStringsArray, ...parts: readonly (Fragment | string | number | null)[]): Fragment {
  return new Fragment(
    texts,
    parts.map((part) => (part instanceof Fragment ? part : { kind: "value", value: part })),
  );
}

/** Text of ours, such as a list of columns. Never of a user's. */
export function raw(text: string): Fragment {
  return new Fragment([text], []);
}

export function table(name: string): Fragment {
  return single({ kind: "table", name });
}

export function uuid(value: string | null): Fragment {
  return single({ kind: "uuid", value });
}

/** Columns to select from a table: every id as the text of a UUID, under its own name. */
export function columns(tableName: string, names: readonly string[]): Fragment {
  return single({ kind: "columns", table: tableName, names });
}

export function anyOf(column: string, type: ListType, values: readonly string[]): Fragment {
  return single({ kind: "any-of", column, type, values });
}

export function hasAll(column: string, values: readonly string[]): Fragment {
  return single({ kind: "has-all", column, values });
}

export function hasAny(column: string, values: readonly string[]): Fragment {
  return single({ kind: "has-any", column, values });
}

/** The elements of a JSON list, to select from under this name; see `Dialect.elementsOf`. */
export function elementsOf(column: string, name: string): Fragment {
  return single({ kind: "elements-of", column, name });
}

/** What an object of JSON has under a key, as text; see `Dialect.textIn`. */
export function textIn(column: string, key: string): Fragment {
  return single({ kind: "text-in", column, key });
}

export function contains(column: string, text: string): Fragment {
  return single({ kind: "contains", column, text });
}

function single(part: Part): Fragment {
  return new Fragment(["", ""], [part]);
}

export function join(fragments: readonly Fragment[], separator: string): Fragment {
  return new Fragment(["", ...Array<string>(Math.max(0, fragments.length - 1)).fill(separator), ""], fragments);
}

/** `where` with all of the conditions; nothing when there are none. */
export function where(conditions: readonly (Fragment | undefined)[]): Fragment {
  const given = conditions.filter((condition) => condition !== undefined);
  return given.length === 0 ? raw("") : sql`where ${join(given, " and ")}`;
}

export interface Compiled {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

export function compile(fragment: Fragment, dialect: Dialect): Compiled {
  const values: SqlValue[] = [];
  const add = (value: SqlValue): string => dialect.placeholder(values.push(value));

  const textOf = (part: Part): string => {
    switch (part.kind) {
      case "value":
        return add(part.value);
      case "uuid":
        return dialect.uuid(add(part.value));
      case "table":
        return dialect.table(part.name);
      case "columns":
        return dialect.columns(part.table, part.names);
      case "any-of":
        return dialect.anyOf(part.column, add(dialect.list(part.values)), part.type);
      case "has-all":
        return dialect.hasAll(part.column, add(JSON.stringify(part.values)));
      case "has-any":
        return dialect.hasAny(part.column, add(JSON.stringify(part.values)));
      case "elements-of":
        return dialect.elementsOf(part.column, part.name);
      case "text-in":
        return dialect.textIn(part.column, part.key);
      case "contains":
        return dialect.contains(part.column, add(part.text));
    }
  };

  const render = ({ texts, parts }: Fragment): string => {
    let text = texts[0] ?? "";
    for (const [index, part] of parts.entries()) {
      text += (part instanceof Fragment ? render(part) : textOf(part)) + (texts[index + 1] ?? "");
    }
    return text;
  };

  return { text: render(fragment), values };
}

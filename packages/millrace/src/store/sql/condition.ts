/** A condition of the contract as part of a statement. */

import { MillraceError } from "../../contract/errors.ts";
import type { Condition, FieldValue, Sort, Subject } from "../../contract/query.ts";
import { startsWith } from "./conditions.ts";
import { startsWithText } from "./conditions.ts";
import { anyOf, contains, type Fragment, hasAll, hasAny, join, raw, sql, table } from "./fragment.ts";
import type { Order } from "./page.ts";
import { type Field, subjects } from "./subjects.ts";
import { cleanKey, cleanText } from "./text.ts";
import { isUuid } from "./uuid.ts";

/**
 * Conditions within conditions, conditions and values in all: bounds what one request may make the database do. SQLite takes no
 * expression that is a thousand deep, and reads each of many that are joined as one deeper than the one before.
 */
const maxDepth = 12;
const maxConditions = 500;
const maxValues = 10_000;

const always = raw("1 = 1");
const never = raw("1 = 0");

/** @param name how the statement calls the table, or the table itself */
export function toCondition(condition: Condition, subject: Subject, name: string = subjects[subject].table): Fragment {
  const budget = { conditions: maxConditions, values: maxValues, names: 0 };
  return compile(condition, { subject, name, depth: 0, budget });
}

/** @throws USAGE for a field that the noun does not have */
export function toOrder(sort: Sort, subject: Subject): Order {
  const { table: of } = subjects[subject];
  const { column, type } = fieldOf(sort.field, subject);
  if (type === "list") throw usage(`a list of ${subject}s cannot be sorted by \`${sort.field}\``);
  if (column === "seq") return { of, direction: sort.direction };
  return { of, column, type: type === "boolean" ? "number" : type, direction: sort.direction };
}

interface Scope {
  readonly subject: Subject;
  readonly name: string;
  readonly depth: number;
  readonly budget: { conditions: number; values: number; names: number };
}

function compile(condition: Condition, scope: Scope): Fragment {
  if (scope.depth > maxDepth) throw usage(`a condition is nested more than ${maxDepth} deep`);
  if (--scope.budget.conditions < 0) throw usage(`a condition has more than ${maxConditions} conditions in it`);
  const inner = { ...scope, depth: scope.depth + 1 };
  if ("all" in condition) return joined(condition.all, " and ", inner) ?? always;
  if ("any" in condition) return joined(condition.any, " or ", inner) ?? never;
  if ("not" in condition) return sql`not coalesce(${compile(condition.not, inner)}, ${never})`;
  if ("newestOf" in condition) return isNewest(condition.newestOf, scope);
  if ("related" in condition) return relates(condition, inner);
  return ofField(condition, scope);
}

function joined(conditions: readonly Condition[], by: string, scope: Scope): Fragment | null {
  if (conditions.length === 0) return null;
  return sql`(${join(
    conditions.map((each) => compile(each, scope)),
    by,
  )})`;
}

function relates({ related, where }: Extract<Condition, { related: unknown }>, scope: Scope): Fragment {
  const relation = subjects[scope.subject].relations[related];
  if (relation === undefined) throw usage(`a ${scope.subject} has no \`${related}\``);
  const name = `r${++scope.budget.names}`;
  const [own, other] = relation.on;
  const meets = compile(where, { ...scope, subject: related, name });
  const equal = raw(`${name}.${other} = ${scope.name}.${own}`);
  return sql`exists (select 1 from ${table(subjects[related].table)} ${raw(name)} where ${equal} and ${meets})`;
}

/** Rows are numbered in the order in which they come. */
function isNewest(field: string, { subject, name, budget }: Scope): Fragment {
  const { column } = fieldOf(field, subject);
  const newer = `n${++budget.names}`;
  const isNewer = raw(`${newer}.${column} = ${name}.${column} and ${newer}.seq > ${name}.seq`);
  return sql`not exists (select 1 from ${table(subjects[subject].table)} ${raw(newer)} where ${isNewer})`;
}

type FieldCondition = Extract<Condition, { field: unknown }>;

function ofField(condition: FieldCondition, scope: Scope): Fragment {
  const field = fieldOf(condition.field, scope.subject);
  const column = `${scope.name}.${field.column}`;
  if ("in" in condition) return isOneOf(column, field, condition.in, scope);
  if ("notIn" in condition) {
    return sql`(${raw(column)} is null or not ${isOneOf(column, field, condition.notIn, scope)})`;
  }
  if ("isNull" in condition) {
    if (field.type === "list") return raw(`${column} ${condition.isNull ? "=" : "<>"} '[]'`);
    return raw(`${column} is ${condition.isNull ? "" : "not "}null`);
  }
  if ("contains" in condition) return contains(column, cleanText(condition.contains));
  if ("startsWith" in condition) {
    if (field.type === "uuid") return startsWith(column, condition.startsWith.toLowerCase());
    return startsWithText(column, cleanText(condition.startsWith));
  }
  if ("hasAll" in condition) {
    return condition.hasAll.length === 0 ? always : hasAll(column, taken(condition.hasAll, scope).map(cleanText));
  }
  if ("hasAny" in condition) return hasAny(column, taken(condition.hasAny, scope).map(cleanText));
  const upper = condition.atMost ?? condition.below;
  const bounds = [
    condition.atLeast === undefined ? [] : sql`${raw(column)} >= ${toNumber(condition.atLeast, field)}`,
    condition.atMost === undefined ? [] : sql`${raw(column)} <= ${toNumber(condition.atMost, field)}`,
    condition.above === undefined ? [] : sql`${raw(column)} > ${toNumber(condition.above, field)}`,
    condition.below === undefined ? [] : sql`${raw(column)} < ${toNumber(condition.below, field)}`,
    upper === undefined || field.sorted === undefined
      ? []
      : sql`${raw(field.sorted.replace("{name}", scope.name))} <= ${toNumber(upper, field)}`,
  ].flat();
  return bounds.length === 0 ? always : sql`(${join(bounds, " and ")})`;
}

function isOneOf(column: string, field: Field, values: readonly FieldValue[], scope: Scope): Fragment {
  const given = taken(values, scope);
  switch (field.type) {
    case "uuid":
      return anyOf(column, "uuid", given.map(String).filter(isUuid));
    case "text": {
      const [only, ...others] = given.map((value) => cleanKey(String(value)));
      if (only === undefined) return never;
      // An index that begins with it is in the order of what follows.
      return others.length === 0 ? sql`${raw(column)} = ${only}` : anyOf(column, "text", [only, ...others]);
    }
    case "number":
    case "boolean": {
      const numbers = given.map(Number).filter((value) => Number.isFinite(value));
      if (numbers.length === 0) return never;
      return sql`${raw(column)} in (${join(
        numbers.map((number) => toNumber(number, field)),
        ", ",
      )})`;
    }
    case "list":
      throw usage("a list is asked for with `hasAll` or `hasAny`");
  }
}

/** PostgreSQL takes a number for one of the column's type, which may hold small whole numbers alone; those of rows are big. */
function toNumber(value: number, { column }: Field): Fragment {
  const isOfType = Number.isInteger(value) && (Math.abs(value) < 2 ** 31 || column === "seq");
  return isOfType ? sql`${value}` : sql`cast(${value} as double precision)`;
}

/** Counts the values against what one condition may have. */
function taken<T>(values: readonly T[], { budget }: Scope): readonly T[] {
  budget.values -= values.length;
  if (budget.values < 0) throw usage(`a condition has more than ${maxValues} values`);
  return values;
}

/** @throws USAGE for a field that the noun does not have */
export function fieldOf(name: string, subject: Subject): Field {
  const { fields } = subjects[subject];
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field === undefined) throw usage(`a ${subject} has no field \`${name}\` that can be asked for`);
  return field;
}

function usage(reason: string): MillraceError {
  return new MillraceError("USAGE", { reason, advice: "Look at the fields of the noun in the API's document." });
}

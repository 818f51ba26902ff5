/** The nouns that people make, as rows: columns for what they are found by, the rest as JSON in `body`. */

import type { ObjectBase, ObjectKind, ObjectTypes } from "../../contract/objects.ts";
import { type Condition, type Sort, type Subject, objectKinds } from "../../contract/query.ts";
import type { Event, Page, PageRequest } from "../../contract/records.ts";
import { assert } from "../../kit/assert.ts";
import { isOneOfIds } from "./conditions.ts";
import { toCondition, toOrder } from "./condition.ts";
import type { Row, SqlDatabase } from "./database.ts";
import { columns, type Fragment, join, raw, sql, table, uuid } from "./fragment.ts";
import { toKeyset } from "./page.ts";
import { type FieldType, subjects } from "./subjects.ts";
import { changeTold, tell } from "./tell.ts";
import { cleanKeyOrNull, toTags } from "./text.ts";
import { checkUuid, checkUuidOrNull, isUuid } from "./uuid.ts";

interface Shape {
  readonly table: string;
  /** Field, column and type of each column but `seq` and `body`. */
  readonly columns: readonly { readonly field: string; readonly column: string; readonly type: FieldType }[];
  readonly selected: Fragment;
}

function toShape(kind: ObjectKind): Shape {
  const { table: name, fields } = subjects[kind];
  const own = Object.entries(fields).map(([field, { column, type }]) => ({ field, column, type }));
  return { table: name, columns: own, selected: columns(name, ["seq", ...own.map(({ column }) => column), "body"]) };
}

const shapes = Object.fromEntries(objectKinds.map((kind) => [kind, toShape(kind)])) as Readonly<
  Record<ObjectKind, Shape>
>;

export async function count(db: SqlDatabase, subject: Subject, where: Condition): Promise<number> {
  const { table: name } = subjects[subject];
  const [row] = await db.all(
    sql`select count(*) as found from ${table(name)} ${raw(name)} where ${toCondition(where, subject)}`,
  );
  return Number(row?.found ?? 0);
}

/** In the order of the ids, without those that are not there. */
export async function readObjects<Kind extends ObjectKind>(
  db: SqlDatabase,
  kind: Kind,
  ids: readonly string[],
): Promise<readonly ObjectTypes[Kind][]> {
  const known = ids.filter(isUuid);
  if (known.length === 0) return [];
  const shape = shapes[kind];
  const rows = await db.all(
    sql`select ${shape.selected} from ${table(shape.table)} where ${isOneOfIds("id", known)}`,
    `${kind}${known.length === 1 ? "" : "s"}`,
  );
  const byId = new Map(rows.map((row) => [row.id as string, toObject(shape, row) as ObjectTypes[Kind]]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

export async function findObjects<Kind extends ObjectKind>(
  db: SqlDatabase,
  kind: Kind,
  { where, sort }: { readonly where: Condition; readonly sort?: Sort },
  page: PageRequest,
): Promise<Page<ObjectTypes[Kind]>> {
  const shape = shapes[kind];
  const order = sort === undefined ? ({ of: shape.table, direction: "asc" } as const) : toOrder(sort, kind);
  const keyset = toKeyset(order, page);
  const conditions = [toCondition(where, kind), ...(keyset.after === undefined ? [] : [keyset.after])];
  const rows = await db.all(sql`
    select ${shape.selected}, ${raw(order.column ?? "seq")} as sort_value
    from ${table(shape.table)} ${raw(shape.table)} where ${join(conditions, " and ")} ${keyset.tail}`);
  return keyset.toPage(rows, (row) => toObject(shape, row) as ObjectTypes[Kind]);
}

/** What selects objects of a kind, but for its conditions. `toObjects` reads its rows. */
export function selectObjects(kind: ObjectKind): Fragment {
  return sql`select ${shapes[kind].selected} from ${table(shapes[kind].table)}`;
}

export function toObjects<Kind extends ObjectKind>(kind: Kind, rows: readonly Row[]): readonly ObjectTypes[Kind][] {
  return rows.map((row) => toObject(shapes[kind], row) as ObjectTypes[Kind]);
}

/** Inserts the object, unless another has its id or a name that must be its own. */
export function toInsertion<Kind extends ObjectKind>(kind: Kind, object: ObjectTypes[Kind]): Fragment {
  const { table: name, columns: own } = shapes[kind];
  const { values, body } = toRow(shapes[kind], object);
  const names = raw([...own.map(({ column }) => column), "body"].join(", "));
  return sql`
    insert into ${table(name)} (${names}) values (${join([...values, sql`${body}`], ", ")}) on conflict do nothing`;
}

/** Replaces the object if its revision is the one before. */
export function toReplacement<Kind extends ObjectKind>(kind: Kind, object: ObjectTypes[Kind]): Fragment {
  const { table: name, columns: own } = shapes[kind];
  const { values, body } = toRow(shapes[kind], object);
  const settings = own.map(({ column }, index) => sql`${raw(column)} = ${values[index] ?? null}`);
  return sql`
    update ${table(name)} set ${join([...settings, sql`body = ${body}`], ", ")} where ${isOneBefore(object)}`;
}

function isOneBefore({ id, revision }: ObjectBase): Fragment {
  return sql`id = ${uuid(id)} and revision = ${revision - 1}`;
}

export async function insertObject<Kind extends ObjectKind>(
  db: SqlDatabase,
  kind: Kind,
  object: ObjectTypes[Kind],
  event: Event | null,
): Promise<ObjectTypes[Kind] | null> {
  const { table: name } = shapes[kind];
  const insertion = toInsertion(kind, object);
  if (event === null) return (await db.run(insertion))[0] === 1 ? object : null;
  // The id is this writer's own, so the row is there only if it has just written it.
  const told = tell(event, sql`select 1 from ${table(name)} where id = ${uuid(object.id)} and revision = 1`);
  const changed = await db.run(...db.beforeEvents, insertion, told);
  return changed[db.beforeEvents.length] === 1 ? object : null;
}

export async function replaceObject<Kind extends ObjectKind>(
  db: SqlDatabase,
  kind: Kind,
  object: ObjectTypes[Kind],
  event: Event | null,
): Promise<"written" | "raced" | "taken"> {
  const { table: name } = shapes[kind];
  const change = toReplacement(kind, object);
  const isLast = isOneBefore(object);
  try {
    const row = sql`${table(name)} where ${isLast}`;
    return (await changeTold(db, change, { event, row })) ? "written" : "raced";
  } catch (error) {
    if (db.isDuplicate(error)) return "taken";
    throw error;
  }
}

export async function deleteObject(
  db: SqlDatabase,
  kind: ObjectKind,
  id: string,
  event: Event | null,
): Promise<boolean> {
  if (!isUuid(id)) return false;
  const row = sql`${table(shapes[kind].table)} where id = ${uuid(id)}`;
  return changeTold(db, sql`delete from ${row}`, { event, row });
}

interface ObjectRow {
  readonly values: readonly Fragment[];
  readonly body: string;
}

function toRow({ columns: own }: Shape, object: ObjectBase): ObjectRow {
  const rest = { ...object } as Record<string, unknown>;
  const values = own.map(({ field, type }) => {
    const value = rest[field];
    delete rest[field];
    return toValue(value, type, field);
  });
  return { values, body: JSON.stringify(rest) };
}

function toValue(value: unknown, type: FieldType, field: string): Fragment {
  switch (type) {
    case "uuid":
      return uuid(field === "id" ? checkUuid(String(value)) : checkUuidOrNull(value as string | null));
    case "text":
      assert(value == null || typeof value === "string", "is-text", field);
      return sql`${cleanKeyOrNull(value)}`;
    case "boolean":
      return sql`${value === true ? 1 : 0}`;
    case "list":
      return sql`${toTags(value as readonly string[])}`;
    case "number":
      assert(value == null || typeof value === "number", "is-number", field);
      return sql`${(value as number | null) ?? null}`;
  }
}

function toObject({ columns: own }: Shape, row: Row): ObjectBase {
  const object = JSON.parse(row.body as string) as Record<string, unknown>;
  for (const { field, column, type } of own) object[field] = fromValue(row[column], type);
  return object as unknown as ObjectBase;
}

function fromValue(value: unknown, type: FieldType): unknown {
  if (type === "boolean") return value === 1;
  if (type === "list") return JSON.parse(value as string);
  return value;
}

/** What a store should do with the nouns that people make, said as simply as it can be: lists in memory. */

import type { AnyObject, ConcurrencyLimit, ObjectKind, SlotLease } from "../../contract/objects.ts";
import type { Condition, FieldValue, Sort } from "../../contract/query.ts";
import type { SealedSecret } from "../../contract/records.ts";
import { subjects } from "../sql/subjects.ts";

/** What no two of a kind may have alike; where a field is null, nothing is alike. */
const unique: Readonly<Partial<Record<ObjectKind, readonly string[]>>> = {
  deployment: ["flowId", "name"],
  schedule: ["deploymentId", "slug"],
  "work-pool": ["name"],
  "work-queue": ["workPoolId", "name"],
  worker: ["workPoolId", "name"],
  "block-type": ["slug"],
  "block-schema": ["checksum", "schemaVersion"],
  "block-document": ["blockTypeId", "name"],
  "concurrency-limit": ["name"],
  variable: ["name"],
};

type Row = Readonly<Record<string, unknown>> & { readonly id: string; readonly revision: number };

export class NounsModel {
  /** Of each kind, in the order in which they came. */
  readonly #rows = new Map<ObjectKind, Row[]>();
  readonly events: string[] = [];
  readonly secrets = new Map<string, SealedSecret>();

  rows(kind: ObjectKind): Row[] {
    const known = this.#rows.get(kind) ?? [];
    this.#rows.set(kind, known);
    return known;
  }

  read(kind: ObjectKind, id: string): Row | undefined {
    return this.rows(kind).find((row) => row.id === id);
  }

  #isTaken(kind: ObjectKind, object: Row): boolean {
    const fields = unique[kind];
    if (fields === undefined || fields.some((field) => object[field] === null)) return false;
    return this.rows(kind).some((row) => row.id !== object.id && fields.every((field) => row[field] === object[field]));
  }

  insert(kind: ObjectKind, object: AnyObject, event: string | null): AnyObject | null {
    const row = object as unknown as Row;
    if (this.read(kind, row.id) !== undefined || this.#isTaken(kind, row)) return null;
    this.rows(kind).push(row);
    if (event !== null) this.events.push(event);
    return object;
  }

  replace(kind: ObjectKind, object: AnyObject, event: string | null): "written" | "raced" | "taken" {
    const row = object as unknown as Row;
    const at = this.rows(kind).findIndex(({ id }) => id === row.id);
    if (at === -1 || this.rows(kind)[at]?.revision !== row.revision - 1) return "raced";
    if (this.#isTaken(kind, row)) return "taken";
    this.rows(kind)[at] = row;
    if (event !== null) this.events.push(event);
    return "written";
  }

  delete(kind: ObjectKind, id: string, event: string | null): boolean {
    const at = this.rows(kind).findIndex((row) => row.id === id);
    if (at === -1) return false;
    this.rows(kind).splice(at, 1);
    if (event !== null) this.events.push(event);
    return true;
  }

  find(kind: ObjectKind, where: Condition, sort?: Sort): readonly Row[] {
    const found = this.rows(kind).filter((row) => this.meets(kind, row, where));
    if (sort === undefined) return found;
    const sign = sort.direction === "asc" ? 1 : -1;
    const ranked = found.map((row, seq) => ({ row, seq }));
    return ranked
      .toSorted((a, b) => sign * (compare(a.row[sort.field], b.row[sort.field]) || a.seq - b.seq))
      .map(({ row }) => row);
  }

  meets(kind: ObjectKind, row: Row, condition: Condition): boolean {
    if ("all" in condition) return condition.all.every((each) => this.meets(kind, row, each));
    if ("any" in condition) return condition.any.some((each) => this.meets(kind, row, each));
    if ("not" in condition) return !this.meets(kind, row, condition.not);
    if ("newestOf" in condition) {
      const value = row[condition.newestOf];
      return value === null || this.rows(kind).findLast((each) => each[condition.newestOf] === value) === row;
    }
    if ("related" in condition) {
      const other = condition.related as ObjectKind;
      const [own, theirs] = subjects[kind].relations[other]?.on ?? ["", ""];
      const value = row[toField(own)];
      return this.rows(other).some(
        (each) => value !== null && each[toField(theirs)] === value && this.meets(other, each, condition.where),
      );
    }
    return meetsField(row[condition.field], condition);
  }

  countBy(kind: ObjectKind, field: string, where: Condition): readonly { value: unknown; count: number }[] {
    const counts = new Map<unknown, number>();
    for (const row of this.find(kind, where)) counts.set(row[field], (counts.get(row[field]) ?? 0) + 1);
    return [...counts].map(([value, count]) => ({ value, count }));
  }

  /** Sets a time, where it was before another. */
  mark(kind: "deployment" | "work-queue" | "worker", ids: readonly string[], at: number, unlessSince: number): number {
    const field = kind === "worker" ? "heartbeatAt" : "polledAt";
    let marked = 0;
    for (const [place, row] of this.rows(kind).entries()) {
      const before = row[field] as number | null;
      if (!ids.includes(row.id) || (before !== null && before >= unlessSince)) continue;
      this.rows(kind)[place] = { ...row, [field]: at };
      marked++;
    }
    return marked;
  }

  /** In the order of their ids. */
  limits(meets: (limit: ConcurrencyLimit) => boolean): readonly ConcurrencyLimit[] {
    const limits = this.rows("concurrency-limit") as unknown as readonly ConcurrencyLimit[];
    return limits.filter(meets).toSorted((a, b) => compare(a.id, b.id));
  }

  renewLease(id: string, expiresAt: number): boolean {
    const at = this.rows("slot-lease").findIndex((row) => row.id === id);
    const lease = this.rows("slot-lease")[at];
    if (lease === undefined) return false;
    this.rows("slot-lease")[at] = { ...lease, expiresAt, revision: lease.revision + 1 };
    return true;
  }

  endLease(id: string, expiredAt: number | undefined): SlotLease | null {
    const lease = this.read("slot-lease", id) as unknown as SlotLease | undefined;
    if (lease === undefined || (expiredAt !== undefined && lease.expiresAt > expiredAt)) return null;
    this.delete("slot-lease", id, null);
    return lease;
  }
}

function toField(column: string): string {
  return column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export function compare(a: unknown, b: unknown): number {
  const [one, other] = [a as string | number, b as string | number];
  return one < other ? -1 : one > other ? 1 : 0;
}

type FieldCondition = Extract<Condition, { field: unknown }>;

function meetsField(value: unknown, condition: FieldCondition): boolean {
  if ("in" in condition) return condition.in.includes(value as FieldValue);
  if ("notIn" in condition) return !condition.notIn.includes(value as FieldValue);
  if ("isNull" in condition)
    return (value === null || (Array.isArray(value) && value.length === 0)) === condition.isNull;
  if ("hasAll" in condition) return condition.hasAll.every((text) => (value as readonly string[]).includes(text));
  if ("hasAny" in condition) return condition.hasAny.some((text) => (value as readonly string[]).includes(text));
  if (value === null) {
    // A bound that is not given bounds nothing.
    return "contains" in condition || "startsWith" in condition ? false : Object.keys(condition).length === 1;
  }
  const text = value as string;
  if ("contains" in condition) return text.toLowerCase().includes(condition.contains.toLowerCase());
  if ("startsWith" in condition) return text.startsWith(condition.startsWith);
  const { atLeast, atMost, above, below } = condition;
  const number = value as number;
  return (
    (atLeast === undefined || number >= atLeast) &&
    (atMost === undefined || number <= atMost) &&
    (above === undefined || number > above) &&
    (below === undefined || number < below)
  );
}

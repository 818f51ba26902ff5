/**
 * How lists are asked for, beyond the few filters that each has of its own: a condition over the fields of a noun and of
 * what belongs to it, as plain JSON. A store makes one statement of it; values never become part of its text.
 */

export type FieldValue = string | number | boolean;

/** An empty `all` holds always, an empty `any` never. A field that is null meets none but `isNull: true` and `notIn`. */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly field: string; readonly in: readonly FieldValue[] }
  | { readonly field: string; readonly notIn: readonly FieldValue[] }
  /** A list of texts is null when it is empty. */
  | { readonly field: string; readonly isNull: boolean }
  /** Numbers and times. Each bound that is given holds. */
  | {
      readonly field: string;
      readonly atLeast?: number;
      readonly atMost?: number;
      readonly above?: number;
      readonly below?: number;
    }
  /** Has this text in it, letters of either case being equal. */
  | { readonly field: string; readonly contains: string }
  | { readonly field: string; readonly startsWith: string }
  /** A list of texts has each of these, or one of them. */
  | { readonly field: string; readonly hasAll: readonly string[] }
  | { readonly field: string; readonly hasAny: readonly string[] }
  /** It is the newest of those that have the same in this field; so is each that has nothing in it. */
  | { readonly newestOf: string }
  /** There is at least one of these that belongs to it and meets the condition. */
  | { readonly related: Subject; readonly where: Condition };

/** The nouns that people make and change: contract/objects.ts has the fields of each. */
export const objectKinds = [
  "flow",
  "deployment",
  "deployment-version",
  "schedule",
  "work-pool",
  "work-queue",
  "worker",
  "block-type",
  "block-schema",
  "block-document",
  "concurrency-limit",
  "slot-lease",
  "automation",
  "automation-firing",
  "variable",
  "webhook",
  "saved-search",
  "configuration",
] as const;

/** Those that the server makes, changes and deletes by itself. */
export const serverKinds = ["slot-lease", "deployment-version", "automation-firing", "configuration"] as const;

/** The nouns that conditions speak of: runs and what they leave behind, and those that people make. */
export const subjects = ["flow-run", "task-run", "artifact", "log", ...objectKinds] as const;

export type Subject = (typeof subjects)[number];

export interface Sort {
  readonly field: string;
  readonly direction: "asc" | "desc";
}

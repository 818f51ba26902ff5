/** What differs between the databases in the statements they share. */

/** A value as both drivers take it. */
export type SqlValue = string | number | null | readonly string[];

export type ListType = "uuid" | "text";

export interface Dialect {
  /** The name of a table, with its schema if need be. */
  table(name: string): string;
  /** Columns of a table to select, by their names; ids come as texts. */
  columns(table: string, names: readonly string[]): string;
  /** The parameter at this position (1, 2 …). */
  placeholder(position: number): string;
  /** A parameter that holds a UUID as text. */
  uuid(placeholder: string): string;
  /** Whether the column is one of a list that is one parameter, however long. */
  anyOf(column: string, placeholder: string, type: ListType): string;
  /** The value of that parameter. */
  list(values: readonly string[]): SqlValue;
  /** Whether the column, a JSON list of texts, has each of a JSON list of texts. */
  hasAll(column: string, placeholder: string): string;
  /** Whether the column, a JSON list of texts, has one of a JSON list of texts. */
  hasAny(column: string, placeholder: string): string;
  /** The elements of a column that holds a JSON list, to select from: each as JSON in `name.value`, counted by `name.key`. */
  elementsOf(column: string, name: string): string;
  /** What a column that holds an object of JSON has under a key of ours, as text. */
  textIn(column: string, key: string): string;
  /** Whether the column has a text in it, letters of either case being equal. */
  contains(column: string, placeholder: string): string;
}

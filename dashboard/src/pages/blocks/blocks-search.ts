import { textOf } from "../../app/search-words.ts";

export interface BlocksSearch {
  /** In the name. */
  readonly q?: string;
  /** The slug of a type. */
  readonly type?: string;
}

export function readBlocksSearch(given: Readonly<Record<string, unknown>>): BlocksSearch {
  return { ...textOf(given, "q"), ...textOf(given, "type") };
}

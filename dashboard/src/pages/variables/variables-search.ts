import { textOf } from "../../app/search-words.ts";

export interface VariablesSearch {
  /** In the name. */
  readonly q?: string;
  readonly tag?: string;
}

export function readVariablesSearch(given: Readonly<Record<string, unknown>>): VariablesSearch {
  return { ...textOf(given, "q"), ...textOf(given, "tag") };
}

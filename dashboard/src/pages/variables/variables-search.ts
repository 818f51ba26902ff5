import { textOf } from "../../app/search-words.ts";

export interface VariablesSearch {
  /** In the name. */
  readonly q?: string;
  readonly tag?: string;
  /** The one that is chosen, by its name: it alone is listed. */
  readonly variable?: string;
}

export function readVariablesSearch(given: Readonly<Record<string, unknown>>): VariablesSearch {
  return { ...textOf(given, "q"), ...textOf(given, "tag"), ...textOf(given, "variable") };
}

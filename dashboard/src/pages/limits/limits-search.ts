import { textOf } from "../../app/search-words.ts";

export interface LimitsSearch {
  /** In the name. */
  readonly q?: string;
  /** The limit that is chosen, by its id. */
  readonly limit?: string;
  /** Those that deployments have of their own, too. */
  readonly all?: true;
}

export function readLimitsSearch(given: Readonly<Record<string, unknown>>): LimitsSearch {
  return { ...textOf(given, "q"), ...textOf(given, "limit"), ...(given.all === true ? { all: true as const } : {}) };
}

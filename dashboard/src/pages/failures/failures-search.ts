import { textOf, wordOf } from "../../app/search-words.ts";

export const failureRanges = { "24h": 86_400_000, "7d": 604_800_000, "30d": 2_592_000_000 } as const;
export type FailureRange = keyof typeof failureRanges;

export interface FailuresSearch {
  /** In the name of the flow. */
  readonly flow?: string;
  /** Default: the past 7 days. */
  readonly since?: FailureRange;
  /** The fingerprint of the group that is chosen. */
  readonly group?: string;
}

export function readFailuresSearch(given: Readonly<Record<string, unknown>>): FailuresSearch {
  return {
    ...textOf(given, "flow"),
    ...wordOf(given, "since", Object.keys(failureRanges) as FailureRange[]),
    ...textOf(given, "group"),
  };
}

import type { FailureGroupsRequest, StoredEvent } from "millrace/client";
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

/** Which failures are meant, as the server is asked. */
export type FailuresQuestion = Pick<FailureGroupsRequest, "since" | "where">;

/** To the minute, so that the same question is asked again. */
export function toQuestion({ flow, since = "7d" }: FailuresSearch, now: number): FailuresQuestion {
  return {
    since: Math.floor((now - failureRanges[since]) / 60_000) * 60_000,
    ...(flow === undefined ? {} : { where: { field: "flowName", contains: flow } }),
  };
}

/** What may make failures come or go. */
export const ofFailures = ({ name }: StoredEvent): boolean =>
  /^millrace\.flow-run\.(Failed|Crashed|TimedOut|Completed|Scheduled|AwaitingRetry|deleted)$/.test(name);

import type { CatchUpPolicy } from "../../contract/schedules.ts";

/** How late a due time may be found and still count as on time. */
export const defaultGraceMs = 60_000;

/**
 * Which due times that have come get a run. One found within the grace is on time and always does; older ones were missed,
 * and the policy decides: `skip` none, `latest` the last one (none if there is one on time, which is later still), `all`
 * the last `max`.
 *
 * @param options.due in ms UTC, ascending; times after `nowMs` are left out
 * @returns ascending
 */
export function decideCatchUp(options: {
  readonly due: readonly number[];
  readonly nowMs: number;
  readonly policy: CatchUpPolicy;
  readonly graceMs?: number;
}): readonly number[] {
  const { due, nowMs, policy, graceMs = defaultGraceMs } = options;
  const come = due.filter((atMs) => atMs <= nowMs);
  const missed = come.filter((atMs) => nowMs - atMs > graceMs);
  const onTime = come.slice(missed.length);
  switch (policy.policy) {
    case "skip":
      return onTime;
    case "latest":
      return onTime.length > 0 ? onTime : missed.slice(-1);
    case "all":
      return [...missed.slice(Math.max(0, missed.length - policy.max)), ...onTime];
  }
}

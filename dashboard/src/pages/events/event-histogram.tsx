import type { StoredEvent } from "millrace/client";
import { useMemo } from "react";
import { usePreferences } from "../../app/preferences.ts";
import { plural, toCount } from "../../format/number.ts";
import { toClock, toDateTime, toDay } from "../../format/time.ts";
import { toBuckets } from "./event-buckets.ts";

const dayMs = 86_400_000;

/** Of what has been read; `from` is where that begins. */
export function EventHistogram(props: {
  readonly events: readonly StoredEvent[];
  readonly from: number;
  readonly to: number;
  /** Whether there are older ones in the time that was asked for. */
  readonly isCut: boolean;
}) {
  const { events, from, to, isCut } = props;
  const { zone } = usePreferences();
  const buckets = useMemo(() => toBuckets(events, { from, to }), [events, from, to]);
  const most = Math.max(1, ...buckets.map(({ count }) => count));
  const bad = buckets.reduce((sum, each) => sum + each.bad, 0);
  const name = (at: number): string => (to - from > 2 * dayMs ? toDay(at, zone) : toClock(at, zone));
  const told = `${plural(events.length, "event")} from ${toDateTime(from, zone)} to ${toDateTime(to, zone)}, at most ${toCount(most)} at a time; ${bad} tell of failures`;
  return (
    <div className="border-b border-line px-4 pt-2 pb-1">
      <div role="img" aria-label={told} className="flex h-14 items-end gap-px border-b border-line">
        {buckets.map((bucket) => (
          <div
            key={bucket.from}
            className="flex h-full min-w-0 flex-1 flex-col justify-end hover:bg-hover"
            title={`${toDateTime(bucket.from, zone)}: ${plural(bucket.count, "event")}${bucket.bad === 0 ? "" : `, ${toCount(bucket.bad)} of failures`}`}
          >
            <div className="bg-failed" style={{ height: heightOf(bucket.bad, most) }} />
            <div className="bg-inert" style={{ height: heightOf(bucket.count - bucket.bad, most) }} />
          </div>
        ))}
      </div>
      <div className="flex justify-between text-meta text-muted">
        <span>{name(from)}</span>
        <span>
          {isCut ? `the newest ${toCount(events.length)} events` : plural(events.length, "event")}
          {bad === 0 ? "" : `, ${toCount(bad)} of failures`}
        </span>
        <span>{name(to)}</span>
      </div>
    </div>
  );
}

/** At least a pixel for what is there. */
function heightOf(count: number, most: number): string {
  return count === 0 ? "0" : `max(2px, ${(count / most) * 100}%)`;
}

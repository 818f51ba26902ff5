import { useMemo } from "react";
import { usePreferences } from "../../app/preferences.ts";
import { plural, toCount } from "../../format/number.ts";
import { toClock, toDateTime, toDay } from "../../format/time.ts";
import { toBuckets } from "./event-buckets.ts";
import type { EventHistory } from "./use-event-history.ts";

const dayMs = 86_400_000;

/** Of all that the filter takes in its time, as the server has counted it. */
export function EventHistogram({ history }: { readonly history: EventHistory }) {
  const { from, to, division, cells } = history;
  const { zone } = usePreferences();
  const buckets = useMemo(() => toBuckets(division, cells), [division, cells]);
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  const failures = buckets.reduce((sum, each) => sum + each.failures, 0);
  const most = Math.max(1, ...buckets.map(({ count }) => count));
  const name = (at: number): string => (to - from > 2 * dayMs ? toDay(at, zone) : toClock(at, zone));
  const told = `${plural(total, "event")} from ${toDateTime(from, zone)} to ${toDateTime(to, zone)}, at most ${toCount(most)} at a time; ${failures} tell of failures`;
  return (
    <div className="border-b border-line px-4 pt-2 pb-1">
      <div role="img" aria-label={told} className="flex h-14 items-end gap-px border-b border-line">
        {buckets.map((bucket) => (
          <div
            key={bucket.from}
            className="flex h-full min-w-0 flex-1 flex-col justify-end hover:bg-hover"
            title={`${toDateTime(bucket.from, zone)}: ${plural(bucket.count, "event")}${bucket.failures === 0 ? "" : `, ${toCount(bucket.failures)} of failures`}`}
          >
            <div className="bg-failed" style={{ height: heightOf(bucket.failures, most) }} />
            <div className="bg-inert" style={{ height: heightOf(bucket.count - bucket.failures, most) }} />
          </div>
        ))}
      </div>
      <div className="flex justify-between text-meta text-muted">
        <span>{name(from)}</span>
        <span>
          {plural(total, "event")}
          {failures === 0 ? "" : `, ${toCount(failures)} of failures`}
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

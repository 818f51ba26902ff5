import { usePreferences } from "../../app/preferences.ts";
import { toDateTime, toFullTime, toRelative } from "../../format/time.ts";
import { useNow } from "../../format/now.ts";

/** Times to come, on the clock of their schedule. */
export function NextTimes({
  times,
  zone = "UTC",
}: {
  readonly times: readonly number[] | null;
  readonly zone?: string | undefined;
}) {
  const { zone: own } = usePreferences();
  const now = useNow();
  if (times === null) return <p className="text-faint">…</p>;
  if (times.length === 0) return <p className="text-muted">It is never due again.</p>;
  const shownIn = isZone(zone) ? zone : "UTC";
  return (
    <ol className="flex flex-col gap-0.5">
      {times.map((at) => (
        <li key={at} className="flex justify-between gap-3" title={toFullTime(at, own)}>
          <time dateTime={new Date(at).toISOString()}>{toDateTime(at, shownIn)}</time>
          <span className="text-muted">{toRelative(at, now)}</span>
        </li>
      ))}
    </ol>
  );
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).format(0) !== "";
  } catch {
    return false;
  }
}

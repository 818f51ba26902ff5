import { usePreferences } from "../app/preferences.ts";
import { useNow } from "../format/now.ts";
import { toDateTime, toDuration, toFullTime, toRelative } from "../format/time.ts";

/** A time as people say it, with the exact one on hover. */
export function Ago({ at, className }: { readonly at: number | null; readonly className?: string }) {
  const { zone } = usePreferences();
  const now = useNow();
  if (at === null) return <span className="text-faint">–</span>;
  return (
    <time dateTime={new Date(at).toISOString()} title={toFullTime(at, zone)} className={className}>
      {toRelative(at, now)}
    </time>
  );
}

export function DateTime({ at, className }: { readonly at: number | null; readonly className?: string }) {
  const { zone } = usePreferences();
  if (at === null) return <span className="text-faint">–</span>;
  return (
    <time dateTime={new Date(at).toISOString()} title={toFullTime(at, zone)} className={className}>
      {toDateTime(at, zone)}
    </time>
  );
}

/** How long something took, or has taken until now. */
export function Took({ from, to }: { readonly from: number | null; readonly to: number | null }) {
  if (from === null) return <span className="text-faint">–</span>;
  return to === null ? <Ticking from={from} /> : <>{toDuration(to - from)}</>;
}

function Ticking({ from }: { readonly from: number }) {
  return <>{toDuration(useNow() - from)}</>;
}

/** Times as people read them. All are given in ms since the epoch. */

export type TimeStyle = "relative" | "absolute" | "utc";

export interface Times {
  /** For a table: "3m ago", or a date and a time. */
  short(at: number): string;
  /** For a single thing: date and time to the ms, with how long ago it is. */
  long(at: number): string;
}

export function createTimes({ style, now }: { readonly style: TimeStyle; readonly now: () => number }): Times {
  const date = style === "utc" ? utcTime : localTime;
  return {
    short: (at) => (style === "relative" ? relativeTime(at, now()) : date(at).slice(0, 19) + zoneOf(style)),
    long: (at) => `${date(at)}${zoneOf(style)} (${relativeTime(at, now())})`,
  };
}

function zoneOf(style: TimeStyle): string {
  return style === "utc" ? "Z" : "";
}

/** "2026-11-22 14:03:07.123" in the zone of this machine */
export function localTime(at: number): string {
  const date = new Date(at);
  const two = (part: number): string => String(part).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day} ${time}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** "2026-11-22 14:03:07.123" in UTC, without its Z */
function utcTime(at: number): string {
  return new Date(at).toISOString().replace("T", " ").replace("Z", "");
}

const steps: readonly (readonly [unitMs: number, name: string, below: number])[] = [
  [1000, "s", 60_000],
  [60_000, "m", 3_600_000],
  [3_600_000, "h", 48 * 3_600_000],
  [86_400_000, "d", Number.POSITIVE_INFINITY],
];

/** "3m ago", "in 2h", "now" */
export function relativeTime(at: number, now: number): string {
  const ago = now - at;
  const ms = Math.abs(ago);
  if (ms < 1000) return "now";
  const [unitMs, name] = steps.find(([, , below]) => ms < below) ?? [86_400_000, "d"];
  const text = `${Math.floor(ms / unitMs)}${name}`;
  return ago > 0 ? `${text} ago` : `in ${text}`;
}

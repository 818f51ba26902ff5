/** Times and durations in words. Times are ms since the epoch; durations ms. */

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** The zone that times are shown in: `local`, `UTC` or a name of the IANA database. */
export function toZone(zone: string): string | undefined {
  return zone === "local" ? undefined : zone;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (found === undefined) {
    found = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: toZone(zone), hourCycle: "h23" });
    formats.set(key, found);
  }
  return found;
}

/** `26 Nov 2026, 06:12:04` */
export function toDateTime(at: number, zone: string): string {
  const options = {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  } as const;
  return format(zone, options).format(at);
}

/** The same with the zone's name, for titles. */
export function toFullTime(at: number, zone: string): string {
  const name = format(zone, { timeZoneName: "short" })
    .formatToParts(at)
    .find(({ type }) => type === "timeZoneName")?.value;
  return `${toDateTime(at, zone)}.${String(Math.floor(at) % 1000).padStart(3, "0")} ${name ?? ""}`.trim();
}

/** `06:12:04`, and with `ms` `06:12:04.120` */
export function toClock(at: number, zone: string, { ms = false }: { readonly ms?: boolean } = {}): string {
  const text = format(zone, { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(at);
  return ms ? `${text}.${String(Math.floor(at) % 1000).padStart(3, "0")}` : text;
}

/** `26 Nov` */
export function toDay(at: number, zone: string): string {
  return format(zone, { day: "numeric", month: "short" }).format(at);
}

/** How long ago or how long to come: `now`, `12s ago`, `in 4m`, `3d ago`. A clock that is a little ahead shows `now`. */
export function toRelative(at: number, now: number): string {
  const apart = Math.abs(now - at);
  if (apart < 2 * second) return "now";
  const text = roughly(apart);
  return at > now ? `in ${text}` : `${text} ago`;
}

function roughly(ms: number): string {
  if (ms < minute) return `${Math.floor(ms / second)}s`;
  if (ms < hour) return `${Math.floor(ms / minute)}m`;
  if (ms < 2 * day) return `${Math.floor(ms / hour)}h`;
  if (ms < 60 * day) return `${Math.floor(ms / day)}d`;
  return ms < 730 * day ? `${Math.floor(ms / (30 * day))}mo` : `${Math.floor(ms / (365 * day))}y`;
}

/** `0.4ms`, `12ms`, `1.2s`, `3m 04s`, `2h 05m`, `3d 04h`. What a skewed clock makes negative is 0. */
export function toDuration(ms: number): string {
  const value = Math.max(0, ms);
  if (value < 1) return `${value.toFixed(1)}ms`;
  if (value < second) return `${Math.round(value)}ms`;
  if (value < minute) return `${(Math.floor(value / 100) / 10).toFixed(1)}s`;
  if (value < hour) return `${Math.floor(value / minute)}m ${pad((value % minute) / second)}s`;
  if (value < 2 * day) return `${Math.floor(value / hour)}h ${pad((value % hour) / minute)}m`;
  return `${Math.floor(value / day)}d ${pad((value % day) / hour)}h`;
}

const pad = (value: number): string => String(Math.floor(value)).padStart(2, "0");

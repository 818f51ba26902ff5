const whole = new Intl.NumberFormat("en-GB");
const short = new Intl.NumberFormat("en-GB", { notation: "compact", maximumFractionDigits: 1 });

/** `12,345` */
export const toCount = (value: number): string => whole.format(value);

/** `12.3k`, for where there is little room. */
export const toShortCount = (value: number): string => short.format(value).toLowerCase();

/** `1 run`, `12 runs` */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${toCount(count)} ${count === 1 ? one : many}`;
}

/** `1.2 MB` */
export function toBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** `97.3 %`; never 100 when something is missing, or 0 when something is there. */
export function toPercent(part: number, all: number): string {
  if (all === 0) return "–";
  const percent = (part / all) * 100;
  if (part > 0 && percent < 0.1) return "< 0.1 %";
  if (part < all && percent > 99.9) return "> 99.9 %";
  return `${percent.toFixed(percent === 100 || percent === 0 ? 0 : 1)} %`;
}

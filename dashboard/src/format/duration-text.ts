/** Durations as people write them in a field: `30s`, `10m`, `1h 30m`, `2d`. */

const unitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** In ms; null for what cannot be read. A bare number is seconds. */
export function readDuration(text: string): number | null {
  const plain = text.trim().toLowerCase();
  if (plain === "") return null;
  if (/^\d+(\.\d+)?$/.test(plain)) return Number(plain) * 1000;
  if (!/^(\d+(\.\d+)?\s*(ms|[smhdw])\s*)+$/.test(plain)) return null;
  let total = 0;
  for (const [, count = "0", unit = "s"] of plain.matchAll(/(\d+(?:\.\d+)?)\s*(ms|[smhdw])/g)) {
    total += Number(count) * (unitsMs[unit] ?? 0);
  }
  return total;
}

/** The shortest way to write it: `1h 30m`. */
export function writeDuration(ms: number): string {
  if (ms === 0) return "0s";
  const parts: string[] = [];
  let rest = ms;
  for (const unit of ["d", "h", "m", "s", "ms"] as const) {
    const count = unit === "ms" ? rest : Math.floor(rest / (unitsMs[unit] ?? 1));
    if (count === 0) continue;
    parts.push(`${count}${unit}`);
    rest -= count * (unitsMs[unit] ?? 1);
  }
  return parts.join(" ");
}

import type { Row } from "./read-chart.ts";

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

/** Of the numbers of a group; a group has at least one row, which may have no number. */
export const aggregates = {
  count: (_: readonly number[], rows: number) => rows,
  sum,
  mean: (values: readonly number[]) => sum(values) / values.length,
  average: (values: readonly number[]) => sum(values) / values.length,
  min: (values: readonly number[]) => values.reduce((least, value) => Math.min(least, value), Infinity),
  max: (values: readonly number[]) => values.reduce((most, value) => Math.max(most, value), -Infinity),
  median(values: readonly number[]) {
    const sorted = values.toSorted((a, b) => a - b);
    const middle = sorted.length / 2;
    return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
  },
} as const satisfies Readonly<Record<string, (values: readonly number[], rows: number) => number>>;

export type Aggregate = keyof typeof aggregates;

/** One row for each group of rows that are alike in all that is not summed up, in the order first seen. */
export function aggregate(
  rows: readonly Row[],
  summed: readonly (readonly [name: string, how: Aggregate])[],
): readonly Row[] {
  const names = new Set(summed.map(([name]) => name));
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify(Object.entries(row).filter(([name]) => !names.has(name)));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()].map((group) => {
    const results = summed.map(([name, how]) => {
      const values = group.map((row) => row[name]).filter((value) => typeof value === "number");
      const result = aggregates[how](values, group.length);
      return [name, Number.isFinite(result) ? result : null] as const;
    });
    return { ...group[0], ...Object.fromEntries(results) };
  });
}

/** Steps of 1, 2 or 5 times a power of ten. */
export function niceStep(span: number, count: number): number {
  if (!(span > 0) || !Number.isFinite(span)) return 1;
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= raw * 0.999) ?? 10;
  return step * power;
}

export interface Bin {
  readonly from: number;
  readonly width: number;
}

export function binOf(values: readonly unknown[], maxBins: number): Bin {
  const numbers = values.filter((value): value is number => typeof value === "number" && Number.isFinite(value));
  const least = aggregates.min(numbers);
  const most = aggregates.max(numbers);
  const width = niceStep(most - least, maxBins);
  return { from: Number.isFinite(least) ? Math.floor(least / width) * width : 0, width };
}

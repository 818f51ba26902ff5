/**
 * ETL: extract, transform, load. Two kinds of function, flows and tasks, and plain calls between them; every task is
 * recorded with its time and its result.
 *
 *   node examples/etl.ts
 */

import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { flow, task } from "millrace";

interface Day {
  readonly month: string;
  readonly rain: number;
}

const extract = task({ name: "extract", retries: 3, retryDelay: "5s" }, async (file: string): Promise<Day[]> => {
  const [, ...lines] = (await readFile(new URL(file), "utf8")).trim().split("\n");
  return lines
    .map((line) => line.split(","))
    .map(([date = "", rain]) => ({ month: date.slice(0, 7), rain: Number(rain) }));
});

const transform = task({ name: "transform" }, (days: readonly Day[]) =>
  Object.entries(Object.groupBy(days, (day) => day.month)).map(([month, inMonth = []]) => ({
    month,
    rain: Math.round(inMonth.reduce((sum, day) => sum + day.rain, 0)),
  })),
);

const load = task({ name: "load" }, async (months: readonly Day[], file: string) => {
  await writeFile(file, JSON.stringify(months, null, 2));
  return months.length;
});

export const etl = flow({ name: "etl" }, async ({ from, to }: { from: string; to: string }) => {
  const days = await extract(from);
  const months = await transform(days);
  return await load(months, to);
});

if (import.meta.main) {
  const from = new URL("../data/seattle-weather.csv", import.meta.resolve("vega-datasets")).href;
  const to = join(tmpdir(), "seattle-rain.json");
  console.log(`${await etl({ from, to })} months of rain are in ${to}`);
}

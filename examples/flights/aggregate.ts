/** Three million flights of 2001, folded by DuckDB into cells that are small enough to hand around. */

import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";

/** The file as npm's vega-datasets ships it: date, delay (minutes), distance (miles), origin, destination. */
const file = fileURLToPath(new URL("../data/flights-3m.parquet", import.meta.resolve("vega-datasets")));

/** What is known of a flight when it leaves. Every feature is a small whole number: a level. */
export const features = ["hour", "weekday", "distance", "airport"] as const;
export type Feature = (typeof features)[number];

/** Flights that share all levels: how many, and the sums of their delays and of their squares. Enough for least squares, exactly. */
export type Cell = Readonly<Record<Feature | "flights" | "delay" | "delay2", number>>;

export interface Month {
  readonly month: string;
  readonly cells: readonly Cell[];
  /** Rows that no flight can have flown: more than two hours early, or a day late. */
  readonly dropped: number;
}

/** The months of the file, "2001-01" first. */
export async function listMonths(): Promise<string[]> {
  const rows = await query(
    `select strftime(date, '%Y-%m') as month from '${file}' group by month having count(*) > 1000 order by month`,
  );
  return rows.map((row) => String(row.month));
}

/**
 * One month's cells. `airport` is how its origin is doing: the mean delay of what left there two to five hours before,
 * in steps of five minutes; level 0 where nothing did.
 */
export async function readMonth(month: string): Promise<Month> {
  const start = `timestamp '${month}-01'`;
  const cells = await query(`
    with flights as (
      select * from '${file}'
      where date >= ${start} - interval 6 hour and date < ${start} + interval 1 month and delay between -120 and 1440
    ),
    hours as (
      select origin, date_trunc('hour', date) as slot, sum(delay) as delay, count(*) as flights from flights group by all
    ),
    recent as (
      select origin, slot, sum(delay) over earlier / sum(flights) over earlier as delay from hours
      window earlier as (partition by origin order by slot range between interval 5 hour preceding and interval 2 hour preceding)
    )
    select
      hour(date)::int as hour,
      isodow(date)::int as weekday,
      least(floor(sqrt(distance / 50)), 8)::int as distance,
      coalesce(least(greatest(floor(recent.delay / 5), -4), 20) + 5, 0)::int as airport,
      count(*)::double as flights,
      sum(flights.delay)::double as delay,
      sum(flights.delay * flights.delay)::double as delay2
    from flights left join recent on recent.origin = flights.origin and recent.slot = date_trunc('hour', date)
    where date >= ${start}
    group by all`);
  const odd = await query(`
    select count(*)::double as dropped from '${file}'
    where date >= ${start} and date < ${start} + interval 1 month and delay not between -120 and 1440`);
  return { month, cells: cells as unknown as readonly Cell[], dropped: Number(odd[0]?.dropped) };
}

/** A database of its own for each query, which may use one thread and 200 MB. */
async function query(sql: string): Promise<Record<string, unknown>[]> {
  const database = await DuckDBInstance.create(":memory:", { threads: "1", memory_limit: "200MB" });
  const connection = await database.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJS();
  } finally {
    connection.closeSync();
    database.closeSync();
  }
}

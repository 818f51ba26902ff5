/**
 * Parameters: a schema (zod here; any Standard Schema) checks them before anything runs, fills in defaults, and turns
 * text into what the flow wants. The command line and the API use the same one.
 *
 *   node examples/parameters.ts
 *   npm run millrace -- run examples/parameters.ts:backfill --param from=2026-01-01 --param days=3
 */

import { flow, task } from "millrace";
import { z } from "zod";

const loadDay = task({ name: "load-day", runName: "load {day}" }, (day: string, region: string) => `${region} ${day}`);

export const backfill = flow(
  {
    name: "backfill",
    runName: "backfill {region} from {from}",
    parameters: z.object({
      from: z.iso.date(),
      days: z.coerce.number().int().min(1).max(31).default(1),
      region: z.enum(["eu", "us"]).default("eu"),
    }),
  },
  async ({ from, days, region }) => {
    const start = Date.parse(from);
    const dates = Array.from({ length: days }, (_, day) =>
      new Date(start + day * 86_400_000).toISOString().slice(0, 10),
    );
    return await Promise.all(dates.map((date) => loadDay(date, region)));
  },
);

if (import.meta.main) {
  console.log(await backfill({ from: "2026-11-22", days: "2" }));

  // A wrong one is refused, by name, before anything runs.
  await backfill({ from: "yesterday" }).catch((error: unknown) => console.log(String(error)));
}

import { join } from "node:path";
import type { Benchmark, Figure } from "./kit/benchmark.ts";
import { openBenchPostgres } from "./kit/postgres.ts";
import { measureProgram } from "./kit/program.ts";
import { makeScratch } from "./kit/scratch.ts";
import { startBenchServer } from "./kit/server.ts";
import type { Lateness, SchedulesPlan } from "./programs/prefect-load/due-schedules.ts";

const program = new URL("./programs/prefect-load/due-schedules.ts", import.meta.url).pathname;

const full: SchedulesPlan = {
  schedules: 10_000,
  eachDeployment: 100,
  leadMs: 120_000,
  spreadMs: 60_000,
  pollers: 10,
  limitMs: 180_000,
};
const quick: SchedulesPlan = {
  schedules: 300,
  eachDeployment: 50,
  leadMs: 20_000,
  spreadMs: 3000,
  pollers: 10,
  limitMs: 30_000,
};

/** No peer is beside it, as its bounds are times. */
export const dueSchedules: Benchmark = {
  name: "due-schedules",
  what: `${full.schedules} schedules that are due within a minute, handed to ${full.pollers} pollers`,
  async run({ isQuick, say }) {
    const plan = isQuick ? quick : full;
    using scratch = makeScratch();
    await using database = await openBenchPostgres().then((opened) =>
      "skipped" in opened ? { ...opened, [Symbol.asyncDispose]: async () => undefined } : opened,
    );
    const measure = async (options: { readonly home: string; readonly database?: string }): Promise<Lateness> => {
      await using server = await startBenchServer(options);
      const args = [program, `${server.url}/api`, JSON.stringify(plan)];
      // Awaited here: the server is stopped when this returns.
      return await measureProgram<Lateness>({ args, limitMs: plan.leadMs + plan.limitMs + 60_000 });
    };
    say(`${plan.schedules} schedules on SQLite`);
    const sqlite = await measure({ home: join(scratch.path, "sqlite") });
    const figures = toFigures("SQLite", { plan, lateness: sqlite, p99AtMostMs: 60_000 });
    if ("skipped" in database) return { figures, notes: [`PostgreSQL was not measured: ${database.skipped}`] };
    say(`${plan.schedules} schedules on PostgreSQL`);
    const url = await database.createDatabase();
    const postgres = await measure({ home: join(scratch.path, "postgres"), database: url });
    figures.push(...toFigures("PostgreSQL", { plan, lateness: postgres, p99AtMostMs: 30_000 }));
    return { figures, notes: [database.version] };
  },
};

function toFigures(
  name: string,
  of: { readonly plan: SchedulesPlan; readonly lateness: Lateness; readonly p99AtMostMs: number },
): Figure[] {
  const { plan, lateness, p99AtMostMs } = of;
  const { handed, medianMs, p99Ms, maxMs } = lateness;
  return [
    { label: `${name}: runs handed out`, samples: [handed], unit: "", bound: { atLeast: plan.schedules } },
    { label: `${name}: from the due time until handed out, median`, samples: [medianMs], unit: "ms" },
    {
      label: `${name}: from the due time until handed out, 99 of 100`,
      samples: [p99Ms],
      unit: "ms",
      bound: { atMost: p99AtMostMs },
    },
    { label: `${name}: from the due time until handed out, the last`, samples: [maxMs], unit: "ms" },
  ];
}

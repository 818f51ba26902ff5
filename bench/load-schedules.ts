import { fileURLToPath } from "node:url";
import type { Benchmark, Figure } from "./kit/benchmark.ts";
import { type LedgerPlace, onBothLedgers } from "./kit/ledgers.ts";
import { measureProgram } from "./kit/program.ts";
import { phaseFigures, startWatchedServer } from "./kit/watched-server.ts";
import type { Scheduled, SchedulesPlan } from "./programs/load/schedules.ts";

const program = fileURLToPath(new URL("./programs/load/schedules.ts", import.meta.url));

const full: SchedulesPlan = { schedules: 10_000, leadMs: 240_000, spreadMs: 60_000, pollers: 5, limitMs: 180_000 };
const quick: SchedulesPlan = { schedules: 200, leadMs: 20_000, spreadMs: 3000, pollers: 5, limitMs: 30_000 };

/** As four processors are held to: there is room. */
const p99AtMostMs = { SQLite: 60_000, PostgreSQL: 30_000 } as const;
const otherAtMostMs = 5000;

export const loadSchedules: Benchmark = {
  name: "load-schedules",
  what: `${full.schedules} deployments that are due within a minute, of two servers on PostgreSQL, and one of another workspace`,
  run: ({ isQuick, say }) =>
    onBothLedgers(async (place) => {
      const plan = isQuick ? quick : full;
      say(`${plan.schedules} schedules on ${place.name}`);
      return measure(place, plan);
    }),
};

async function measure({ name, ...place }: LedgerPlace, plan: SchedulesPlan): Promise<Figure[]> {
  await using server = await startWatchedServer(place);
  // A file is one machine's; several servers share a database.
  await using second = place.database === undefined ? null : await startWatchedServer(place);
  const servers = second === null ? [server] : [server, second];
  const scheduled = await measureProgram<Scheduled>({
    args: [program, JSON.stringify(servers.map(({ url }) => url)), JSON.stringify(plan)],
    limitMs: plan.leadMs + plan.spreadMs + plan.limitMs + 60_000,
    onLine: (line) =>
      line === "due" || line === "over" ? Promise.all(servers.map((each) => each.nextPhase())) : undefined,
  });
  const phases = await Promise.all(servers.map(async (each) => (await each.stop())[1]));
  return [
    ...scheduledFigures(name, { scheduled, plan }),
    ...phases.flatMap((phase, index) =>
      phaseFigures(phases.length === 1 ? name : `${name}, server ${index + 1}`, phase, {
        delayP99Ms: 50,
        delayMaxMs: 250,
      }),
    ),
  ];
}

function scheduledFigures(
  name: "SQLite" | "PostgreSQL",
  { scheduled, plan }: { readonly scheduled: Scheduled; readonly plan: SchedulesPlan },
): Figure[] {
  const { handed, made, medianMs, p99Ms, maxMs, otherMs } = scheduled;
  const { schedules } = plan;
  const from = `${name}: from the due time until handed out`;
  return [
    { label: `${name}: runs handed out`, samples: [handed], unit: "", bound: { atLeast: schedules } },
    {
      label: `${name}: runs made of them, beside one each`,
      samples: [made - schedules],
      unit: "",
      bound: { atMost: 0 },
    },
    { label: `${from}, median`, samples: [medianMs], unit: "ms" },
    { label: `${from}, 99 of 100`, samples: [p99Ms], unit: "ms", bound: { atMost: p99AtMostMs[name] } },
    { label: `${from}, the last`, samples: [maxMs], unit: "ms" },
    { label: `${from}, the other workspace's`, samples: [otherMs], unit: "ms", bound: { atMost: otherAtMostMs } },
  ];
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import type { Benchmark, Figure } from "./kit/benchmark.ts";
import { type LedgerPlace, onBothLedgers } from "./kit/ledgers.ts";
import { measureMillrace } from "./kit/millrace.ts";
import { measureProgram } from "./kit/program.ts";
import { startBenchServer } from "./kit/server.ts";
import type { LoopWork } from "./programs/prefect-load/loop-work.ts";

const program = fileURLToPath(new URL("./programs/prefect-load/loop-work.ts", import.meta.url));
const fanOut = new URL("./programs/fan-out.ts", import.meta.url);
const watch = new URL("./programs/watch-loop.mjs", import.meta.url).href;

/** How long a stretch of work of a loop may hold up the event loop. */
const heldAtMostMs = 20;
/** The server is there so long before the work is due. */
const startMs = 5000;
const aDayMs = 86_400_000;

interface Watched {
  /** Each stretch of work of more than 1 ms. */
  readonly heldMs: readonly number[];
  /** The processor's time of each. */
  readonly cpuMs: readonly number[];
  /** Each pause of the garbage collector, which is within one of those. */
  readonly collectedMs: readonly number[];
}

/** Nobody asks the server anything, so all that holds it up is its loops. */
export const loops: Benchmark = {
  name: "loops",
  what: "how long at a time the loops of a server hold it up, when a day's work awaits them; SQLite and PostgreSQL",
  run: ({ isQuick, say }) =>
    onBothLedgers(async (place) => {
      const ofEach = isQuick ? 100 : 2000;
      const plan = { schedules: isQuick ? 50 : 1000, automations: isQuick ? 8 : 40, ofEach };
      const watchedForMs = isQuick ? 25_000 : 90_000;
      say(`${place.name}: ${ofEach} of each kind of run, ${plan.schedules} schedules, ${plan.automations} automations`);
      await measureMillrace({ program: fanOut, args: ["map", isQuick ? 1000 : 20_000], ...ledgerOf(place) });
      const dueAt = await makeWork(place, plan);
      await ageEndedRuns(place);
      await sleep(Math.max(0, dueAt - startMs - Date.now()));
      say(`${place.name}: what awaits them for ${watchedForMs / 1000} s`);
      return toFigures(place.name, await watchLoops(place, watchedForMs));
    }),
};

function ledgerOf({ home, database }: LedgerPlace): Pick<LedgerPlace, "home" | "database"> {
  return { home, ...(database === undefined ? {} : { database }) };
}

/** When it is due. */
async function makeWork(place: LedgerPlace, plan: Omit<LoopWork, "dueAt">): Promise<number> {
  const dueAt = Date.now() + 60_000;
  await using server = await startBenchServer(ledgerOf(place));
  const work: LoopWork = { ...plan, dueAt };
  await measureProgram({ args: [program, `${server.url}/api`, JSON.stringify(work)], limitMs: 600_000 });
  return dueAt;
}

async function watchLoops(place: LedgerPlace, watchedForMs: number): Promise<Watched> {
  const watchFile = join(place.home, "watched.json");
  const env = {
    LOOP_WATCH: watchFile,
    MILLRACE_CANCEL_WITHIN_MS: "1s",
    MILLRACE_RUN_RETENTION_MS: "1h",
    MILLRACE_EVENT_RETENTION_MS: "1h",
  };
  {
    await using server = await startBenchServer({ ...ledgerOf(place), env, execArgv: ["--import", watch] });
    // What it takes to start is not the loops'.
    process.kill(server.pid, "SIGUSR2");
    await sleep(watchedForMs);
  }
  return JSON.parse(readFileSync(watchFile, "utf8")) as Watched;
}

function toFigures(name: string, { heldMs, cpuMs, collectedMs }: Watched): readonly Figure[] {
  const sorted = heldMs.toSorted((a, b) => b - a);
  const figures: readonly Figure[] = [
    { label: "the longest stretch", samples: [sorted[0] ?? 0], unit: "ms", bound: { atMost: heldAtMostMs } },
    { label: "the most of the processor's time of one", samples: [Math.max(0, ...cpuMs)], unit: "ms" },
    { label: "the tenth longest", samples: [sorted[9] ?? 0], unit: "ms" },
    {
      label: `stretches of more than ${heldAtMostMs} ms`,
      samples: [sorted.filter((ms) => ms > heldAtMostMs).length],
      unit: "",
    },
    { label: "stretches of more than 1 ms", samples: [heldMs.length], unit: "" },
    { label: "the longest pause of the garbage collector", samples: [Math.max(0, ...collectedMs)], unit: "ms" },
  ];
  return figures.map((figure) => ({ ...figure, label: `${name}: ${figure.label}` }));
}

/** Runs that have ended, and all events, become two days older: time for retention to delete them. */
async function ageEndedRuns({ home, database: url }: LedgerPlace): Promise<void> {
  const older = (schema: string): string => `
    update ${schema}flow_run set ended_at = ended_at - ${2 * aDayMs}, created_at = created_at - ${2 * aDayMs}
    where ended_at is not null;
    update ${schema}event set at = at - ${2 * aDayMs};`;
  if (url === undefined) {
    using database = new DatabaseSync(join(home, "ledger.db"));
    database.exec(older(""));
    return;
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(older("millrace."));
  await client.end();
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Benchmark } from "./kit/benchmark.ts";
import { measureMillrace } from "./kit/millrace.ts";
import { measureProgram } from "./kit/program.ts";
import { makeScratch } from "./kit/scratch.ts";
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
  what: "how long at a time the loops of a server hold it up, when a day's work awaits them; SQLite",
  async run({ isQuick, say }) {
    const ofEach = isQuick ? 100 : 2000;
    const plan = { schedules: isQuick ? 50 : 1000, ofEach };
    const watchedForMs = isQuick ? 25_000 : 90_000;
    using scratch = makeScratch();
    const home = join(scratch.path, "home");
    const watchFile = join(scratch.path, "watched.json");
    say(`${ofEach} of each kind of run, ${plan.schedules} schedules`);
    await measureMillrace({ program: fanOut, args: ["map", isQuick ? 1000 : 20_000], home });
    const dueAt = Date.now() + 60_000;
    {
      await using server = await startBenchServer({ home });
      const work: LoopWork = { ...plan, dueAt };
      await measureProgram({ args: [program, `${server.url}/api`, JSON.stringify(work)], limitMs: 600_000 });
    }
    ageEndedRuns(join(home, "ledger.db"));
    await sleep(Math.max(0, dueAt - startMs - Date.now()));
    say(`what awaits them for ${watchedForMs / 1000} s`);
    {
      const env = {
        LOOP_WATCH: watchFile,
        MILLRACE_CANCEL_WITHIN_MS: "1s",
        MILLRACE_RUN_RETENTION_MS: "1h",
        MILLRACE_EVENT_RETENTION_MS: "1h",
      };
      await using server = await startBenchServer({ home, env, execArgv: ["--import", watch] });
      // What it takes to start is not the loops'.
      process.kill(server.pid, "SIGUSR2");
      await sleep(watchedForMs);
    }
    const { heldMs, cpuMs, collectedMs } = JSON.parse(readFileSync(watchFile, "utf8")) as Watched;
    const sorted = heldMs.toSorted((a, b) => b - a);
    return {
      figures: [
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
      ],
    };
  },
};

/** Runs that have ended, and all events, become two days older: time for retention to delete them. */
function ageEndedRuns(file: string): void {
  using database = new DatabaseSync(file);
  database.exec(`
    update flow_run set ended_at = ended_at - ${2 * aDayMs}, created_at = created_at - ${2 * aDayMs} where ended_at is not null;
    update event set at = at - ${2 * aDayMs};
  `);
}

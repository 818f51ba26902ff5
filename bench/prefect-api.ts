import { join } from "node:path";
import { prefectVersion } from "../tools/prefect-venv.ts";
import type { Benchmark, BenchOptions, Figure } from "./kit/benchmark.ts";
import { type BenchPostgres, openBenchPostgres } from "./kit/postgres.ts";
import { readTreeMb } from "./kit/process-memory.ts";
import { measureProgram } from "./kit/program.ts";
import { interleave } from "./kit/samples.ts";
import { makeScratch } from "./kit/scratch.ts";
import { startBenchServer } from "./kit/server.ts";
import { startPrefectServer } from "./peers/prefect-server.ts";
import { findPrefect, type Prefect } from "./peers/prefect.ts";
import { loadFigures, type Sample, startFigures } from "./prefect-api-figures.ts";
import type { Load, Plan } from "./programs/prefect-load/main.ts";

const program = new URL("./programs/prefect-load/main.ts", import.meta.url).pathname;
/** One part that a slow server drags out must not end the rest. */
const loadLimitMs = 1_800_000;

interface Sizes {
  readonly rounds: number;
  readonly millrace: Plan;
  /** A slower server is asked for less: a rate does not need as much of it, and its parts end by their time. */
  readonly prefect: Plan;
}

const inFlight = { width: 8, pollers: 10 };

function toSizes(isQuick: boolean): Sizes {
  if (isQuick) {
    const tiny = { ...inFlight, flowRuns: 100, taskRuns: 200, reads: 40, due: 100, limitMs: 8000 };
    return { rounds: 1, millrace: tiny, prefect: tiny };
  }
  const plan = { ...inFlight, due: 1000, limitMs: 20_000 };
  return {
    rounds: 3,
    millrace: { ...plan, flowRuns: 10_000, taskRuns: 10_000, reads: 1000, limitMs: 120_000 },
    prefect: { ...plan, flowRuns: 200, taskRuns: 300, reads: 100 },
  };
}

/** A server that runs, whoever's it is. */
interface Server {
  readonly apiUrl: string;
  readonly pid: number;
  readonly startMs: number;
}

export const prefectApi: Benchmark = {
  name: "prefect-api",
  what: `Prefect's API as Millrace serves it and as Prefect ${prefectVersion} does, asked by the same client`,
  async run(options) {
    const { isQuick, withPeers, say } = options;
    const sizes = toSizes(isQuick);
    if (withPeers) say(`Prefect ${prefectVersion}: installing it if it is not there yet`);
    const peer = withPeers ? await findPrefect() : { skipped: "peers were not asked for" };
    const prefect = "skipped" in peer ? null : peer;
    using scratch = makeScratch();
    const database = await openBenchPostgres();
    await using _ = {
      [Symbol.asyncDispose]: async () => ("skipped" in database ? undefined : database[Symbol.asyncDispose]()),
    };
    const figures: Figure[] = [];
    for (const kind of ["SQLite", "PostgreSQL"] as const) {
      if (kind === "PostgreSQL" && "skipped" in database) continue;
      const postgres = kind === "PostgreSQL" ? (database as BenchPostgres) : null;
      figures.push(...(await measureKind({ kind, postgres, prefect, sizes, folder: scratch.path, say })));
    }
    return {
      figures,
      notes: [
        ...("skipped" in database ? [`PostgreSQL was not measured: ${database.skipped}`] : [database.version]),
        ...("skipped" in peer ? [`Prefect was not measured: ${peer.skipped}`] : []),
      ],
    };
  },
};

async function measureKind(options: {
  readonly kind: string;
  readonly postgres: BenchPostgres | null;
  readonly prefect: Prefect | null;
  readonly sizes: Sizes;
  readonly folder: string;
  readonly say: BenchOptions["say"];
}): Promise<Figure[]> {
  const { kind, postgres, prefect, sizes, folder, say } = options;
  let turns = 0;
  const place = async (): Promise<{ readonly home: string; readonly database?: string }> => {
    const home = join(folder, `${kind}-${turns++}`);
    return postgres === null ? { home } : { home, database: await postgres.createDatabase() };
  };
  const ours = async (): Promise<Sample> => {
    say(`${kind}: Millrace`);
    const where = await place();
    await using server = await startBenchServer(where);
    const sample = await measure({ ...server, apiUrl: `${server.url}/api` }, sizes.millrace);
    if (sample.load.flowRunsCompleted.refused > 0) throw new Error("Millrace refused flow runs");
    return sample;
  };
  const theirs = async (venvOf: Prefect): Promise<Sample> => {
    say(`${kind}: Prefect`);
    const where = await place();
    await using server = await startPrefectServer({ ...where, venv: venvOf.venv });
    // Awaited here: the server is stopped when this returns.
    return await measure(server, sizes.prefect);
  };
  if (prefect === null) {
    const { millrace } = await interleave(sizes.rounds, { millrace: ours });
    return [...startFigures(kind, millrace), ...loadFigures(kind, { millrace, prefect: null })];
  }
  const samples = await interleave(sizes.rounds, { prefect: () => theirs(prefect), millrace: ours });
  return [...startFigures(kind, samples.millrace), ...loadFigures(kind, samples)];
}

async function measure(server: Server, plan: Plan): Promise<Sample> {
  const startMb = readTreeMb(server.pid) ?? Number.NaN;
  const args = [program, server.apiUrl, JSON.stringify(plan)];
  const load = await measureProgram<Load>({ args, limitMs: loadLimitMs });
  return { startMs: server.startMs, startMb, load, loadedMb: readTreeMb(server.pid) ?? Number.NaN };
}

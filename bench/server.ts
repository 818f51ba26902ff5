import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Benchmark, Figure } from "./kit/benchmark.ts";
import { measureMillrace } from "./kit/millrace.ts";
import { makeOldPostgres } from "./kit/old-postgres.ts";
import { makeOldSqlite } from "./kit/old-sqlite.ts";
import { openBenchPostgres } from "./kit/postgres.ts";
import { ratios } from "./kit/samples.ts";
import { makeScratch } from "./kit/scratch.ts";
import { startBenchServer } from "./kit/server.ts";

const program = new URL("./programs/server-load.ts", import.meta.url);
const inFlight = 16;

interface Load {
  /** Requests a second that touch no ledger. */
  readonly floor: number;
  readonly completed: number;
  readonly reads: number;
  readonly lists: number;
}

interface Sample extends Load {
  readonly startMs: number;
  readonly startMb: number | null;
  readonly peakMb: number | null;
}

/** Client and server are processes of one machine, so that they share its processors. */
export const server: Benchmark = {
  name: "server",
  what: `the server over HTTP: its cold start, and a client with ${inFlight} requests in flight`,
  async run({ isQuick, say }) {
    const runs = isQuick ? 200 : 5000;
    const rounds = isQuick ? 1 : 5;
    const ledgerRuns = isQuick ? 2000 : 100_000;
    using scratch = makeScratch();
    await using database = await openBenchPostgres().then((opened) =>
      "skipped" in opened ? noPostgres(opened) : opened,
    );
    const samples: { sqlite: Sample[]; postgres: Sample[] } = { sqlite: [], postgres: [] };
    for (let round = 1; round <= rounds; round += 1) {
      say(`round ${round} of ${rounds}`);
      const home = join(scratch.path, `round-${round}`);
      samples.sqlite.push(await measure({ home, runs }));
      if ("createDatabase" in database) {
        samples.postgres.push(await measure({ home, runs, database: await database.createDatabase() }));
      }
    }
    say(`starts over ledgers of ${ledgerRuns} runs`);
    const starts = { runs: ledgerRuns, rounds };
    const cold = await startsOverSqlite(join(scratch.path, "full"), starts);
    if ("createDatabase" in database) {
      const url = await database.createDatabase();
      cold.push(...(await startsOverPostgres({ home: join(scratch.path, "full-postgres"), database: url }, starts)));
    }
    return {
      figures: [...toFigures("SQLite", samples.sqlite), ...toFigures("PostgreSQL", samples.postgres), ...cold],
      notes: "skipped" in database ? [`PostgreSQL was not measured: ${database.skipped}`] : [database.version],
    };
  },
};

function noPostgres({ skipped }: { readonly skipped: string }): { readonly skipped: string } & AsyncDisposable {
  return { skipped, [Symbol.asyncDispose]: async () => undefined };
}

async function measure(options: {
  readonly home: string;
  readonly runs: number;
  readonly database?: string;
}): Promise<Sample> {
  const { home, runs } = options;
  await using started = await startBenchServer(options);
  const load = await measureMillrace<Load>({ program, args: [started.url, runs, inFlight], home });
  return { ...load, startMs: started.startMs, startMb: started.startMb, peakMb: started.readPeakMb() };
}

interface Starts {
  readonly runs: number;
  readonly rounds: number;
}

async function startsOverSqlite(home: string, starts: Starts): Promise<Figure[]> {
  mkdirSync(home);
  await (await makeOldSqlite(join(home, "ledger.db"), starts.runs)).close();
  return measureStarts("SQLite", { home }, starts);
}

async function startsOverPostgres(
  place: { readonly home: string; readonly database: string },
  starts: Starts,
): Promise<Figure[]> {
  await (await makeOldPostgres(place.database, starts.runs)).close();
  return measureStarts("PostgreSQL", place, starts);
}

/** The first start carries the ledger forward, and is not counted. */
async function measureStarts(
  name: string,
  place: { readonly home: string; readonly database?: string },
  { runs, rounds }: Starts,
): Promise<Figure[]> {
  await (await startBenchServer(place))[Symbol.asyncDispose]();
  const startMs: number[] = [];
  const startMb: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await using started = await startBenchServer(place);
    startMs.push(started.startMs);
    if (started.startMb !== null) startMb.push(started.startMb);
  }
  const over = `a ledger of ${runs.toLocaleString("en")} runs`;
  return [
    {
      label: `${name}: from the start of the process to its first answer, ${over}`,
      samples: startMs,
      unit: "ms",
      target: { atMost: 500 },
    },
    ...(startMb.length === 0
      ? []
      : [
          {
            label: `${name}: memory of the server when it first answers, ${over}`,
            samples: startMb,
            unit: "MB",
            bound: { atMost: 150 },
          } as const,
        ]),
  ];
}

function toFigures(name: string, samples: readonly Sample[]): Figure[] {
  if (samples.length === 0) return [];
  const of = (key: keyof Load): number[] => samples.map((sample) => sample[key]);
  const memory = (
    label: string,
    take: (sample: Sample) => number | null,
    more: Pick<Figure, "bound"> = {},
  ): Figure[] => {
    const taken = samples.flatMap((sample) => take(sample) ?? []);
    return taken.length === 0 ? [] : [{ label: `${name}: ${label}`, samples: taken, unit: "MB", ...more }];
  };
  return [
    {
      label: `${name}: from the start of the process to its first answer, an empty ledger`,
      samples: samples.map(({ startMs }) => startMs),
      unit: "ms",
      target: { atMost: 500 },
    },
    ...memory("memory of the server when it first answers", ({ startMb }) => startMb, { bound: { atMost: 150 } }),
    ...memory("its most under this load", ({ peakMb }) => peakMb),
    { label: `${name}: flow runs created and completed, two requests each`, samples: of("completed"), unit: "/s" },
    { label: `${name}: flow runs read`, samples: of("reads"), unit: "/s" },
    { label: `${name}: lists of 20 flow runs`, samples: of("lists"), unit: "/s" },
    { label: `${name}: floor, requests that touch no ledger`, samples: of("floor"), unit: "/s" },
    {
      label: `${name}: a request that records, over the floor`,
      samples: ratios(of("floor"), of("completed")).map((ratio) => ratio / 2),
      unit: "x",
    },
  ];
}

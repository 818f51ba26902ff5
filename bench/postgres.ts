import type { Benchmark, Figure, Limit } from "./kit/benchmark.ts";
import { measureMillrace } from "./kit/millrace.ts";
import { type BenchPostgres, openBenchPostgres } from "./kit/postgres.ts";
import { makeScratch } from "./kit/scratch.ts";
import { countStatements } from "./kit/statement-counter.ts";
import { dbosVersion, findDbos } from "./peers/dbos.ts";

const program = new URL("./programs/dbos-side.ts", import.meta.url);

/** What both sides run, and how often at least: what every run needs, such as opening the ledger, is taken away. */
const fewest = 100;

const works = [
  // The server syncs a few times for itself meanwhile.
  { kind: "sequential", of: "task of a flow", bounds: { statements: { atMost: 3 }, syncs: { atMost: 1.05 } } },
  { kind: "single", of: "flow of one task", bounds: {} },
] as const;

/** Runs so many of a kind over a database. */
type Side = (database: string, kind: string, count: number) => Promise<unknown>;

interface Cost {
  readonly statements: number;
  readonly syncs: number;
}

export const postgres: Benchmark = {
  name: "postgres",
  what: "what a task and a flow of one task cost PostgreSQL: statements that are sent, and syncs of the log to disk",
  async run({ isQuick, withPeers, say }) {
    const opened = await openBenchPostgres();
    if ("skipped" in opened) return opened;
    await using server = opened;
    const count = isQuick ? 200 : 2000;
    const figures: Figure[] = [];
    for (const { kind, of, bounds } of works) {
      say(`Millrace: ${count} of: ${of}`);
      figures.push(...toFigures(await costOfOne(server, { side: millrace, kind, count }), { of, bounds }));
    }
    const peer = withPeers ? await findDbos() : { skipped: "peers were not asked for" };
    const notes = [`${server.version}; a call of a function of the ledger is one statement`];
    if ("skipped" in peer) return { figures, notes: [...notes, `DBOS was not counted: ${peer.skipped}`] };
    for (const { kind, of } of works) {
      say(`DBOS: ${count} of: ${of}`);
      const cost = await costOfOne(server, { side: peer.measure, kind, count });
      figures.push(...toFigures(cost, { of: `${of}, by DBOS ${dbosVersion}`, bounds: {} }));
    }
    return { figures, notes };
  },
};

async function millrace(database: string, kind: string, count: number): Promise<void> {
  using scratch = makeScratch();
  await measureMillrace({ program, args: [kind, count], home: scratch.path, database });
}

function toFigures(
  cost: Cost,
  { of, bounds }: { readonly of: string; readonly bounds: { readonly [Name in keyof Cost]?: Limit } },
): Figure[] {
  const toFigure = (name: keyof Cost, label: string): Figure => {
    const bound = bounds[name];
    return { label: `${label}, a ${of}`, samples: [cost[name]], unit: "", ...(bound === undefined ? {} : { bound }) };
  };
  return [toFigure("statements", "statements"), toFigure("syncs", "syncs to disk")];
}

/** A long run less a short one. */
async function costOfOne(
  server: BenchPostgres,
  { side, kind, count }: { readonly side: Side; readonly kind: string; readonly count: number },
): Promise<Cost> {
  const short = await costOf(server, (database) => side(database, kind, fewest));
  const long = await costOf(server, (database) => side(database, kind, fewest + count));
  return {
    statements: (long.statements - short.statements) / count,
    syncs: (long.syncs - short.syncs) / count,
  };
}

async function costOf(server: BenchPostgres, run: (database: string) => Promise<unknown>): Promise<Cost> {
  const counter = await countStatements(await server.createDatabase());
  const before = await server.countSyncs();
  await run(counter.url);
  await counter.close();
  return { statements: counter.take(), syncs: (await server.countSyncs()) - before };
}

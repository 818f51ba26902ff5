import type { Benchmark, Figure } from "./kit/benchmark.ts";
import { measureMillrace } from "./kit/millrace.ts";
import { type BenchPostgres, openBenchPostgres } from "./kit/postgres.ts";
import { makeScratch } from "./kit/scratch.ts";
import { countStatements } from "./kit/statement-counter.ts";

const program = new URL("./programs/dbos-side.ts", import.meta.url);

interface Cost {
  readonly statements: number;
  readonly syncs: number;
}

/** What is the same for every run, such as opening the ledger, is taken away: a long run less a short one. */
export const postgres: Benchmark = {
  name: "postgres",
  what: "what a task and a flow of one task cost PostgreSQL: statements that are sent, and syncs of the log to disk",
  async run({ isQuick, say }) {
    const opened = await openBenchPostgres();
    if ("skipped" in opened) return opened;
    await using server = opened;
    const more = isQuick ? 200 : 2000;
    const figures: Figure[] = [];
    for (const [kind, of] of [
      ["sequential", "task of a flow"],
      ["single", "flow of one task"],
    ] as const) {
      say(`${more} more of: ${of}`);
      const short = await costOf(server, kind, 100);
      const long = await costOf(server, kind, 100 + more);
      const bounds = kind === "sequential" ? { statements: { atMost: 3 }, syncs: { atMost: syncBound } } : undefined;
      for (const [name, label] of [
        ["statements", "statements"],
        ["syncs", "syncs to disk"],
      ] as const) {
        const samples = [(long[name] - short[name]) / more];
        figures.push({
          label: `${label}, a ${of}`,
          samples,
          unit: "",
          ...(bounds === undefined ? {} : { bound: bounds[name] }),
        });
      }
    }
    return { figures, notes: [`${server.version}; a call of a function of the ledger is one statement`] };
  },
};

/** One a task, and the few that the server makes for itself meanwhile. */
const syncBound = 1.05;

async function costOf(server: BenchPostgres, kind: string, count: number): Promise<Cost> {
  using scratch = makeScratch();
  const counter = await countStatements(await server.createDatabase());
  const before = await server.countSyncs();
  await measureMillrace({ program, args: [kind, count], home: scratch.path, database: counter.url });
  await counter.close();
  return { statements: counter.take(), syncs: (await server.countSyncs()) - before };
}

import type { Benchmark, Figure } from "./kit/benchmark.ts";
import { compare } from "./kit/comparison.ts";
import { measureMillrace } from "./kit/millrace.ts";
import { type BenchPostgres, openBenchPostgres } from "./kit/postgres.ts";
import { interleave } from "./kit/samples.ts";
import { makeScratch } from "./kit/scratch.ts";
import { dbosVersion, findDbos } from "./peers/dbos.ts";

const program = new URL("./programs/dbos-side.ts", import.meta.url);

interface Comparison {
  readonly kind: string;
  readonly label: string;
  readonly count: number;
  readonly atLeast?: number;
}

const comparisons: readonly Comparison[] = [
  { kind: "sequential", label: "steps of one flow, one after another", count: 1000, atLeast: 2 },
  { kind: "together", label: "flows of one step, 32 in flight", count: 2000, atLeast: 3 },
  { kind: "single", label: "flows of one step, one after another", count: 500 },
];

export const dbos: Benchmark = {
  name: "dbos",
  what: `DBOS Transact ${dbosVersion} and Millrace on the same PostgreSQL`,
  async run({ isQuick, withPeers, say }) {
    if (!withPeers) return { skipped: "peers were not asked for" };
    say(`DBOS Transact ${dbosVersion}: installing it if it is not there yet`);
    const peer = await findDbos();
    if ("skipped" in peer) return peer;
    const opened = await openBenchPostgres();
    if ("skipped" in opened) return opened;
    await using postgres = opened;
    const figures: Figure[] = [];
    for (const { kind, label, count: full, atLeast } of comparisons) {
      const [count, rounds] = isQuick ? [full / 10, 1] : [full, 9];
      say(`${rounds} rounds: ${count} ${label}`);
      const perSecond = (ms: number): number => (count / ms) * 1000;
      const rates = await interleave(rounds, {
        dbos: async () => perSecond(await peer.measure(await postgres.createDatabase(), kind, count)),
        millrace: async () => perSecond(await measureOurs(postgres, kind, count)),
      });
      const peerRates = { name: "DBOS", samples: rates.dbos };
      figures.push(
        ...compare({
          what: label,
          peer: peerRates,
          millrace: rates.millrace,
          unit: "/s",
          ...(atLeast === undefined ? {} : { atLeast }),
        }),
      );
    }
    return { figures, notes: [`${postgres.version}, fsync on; each side has a new database each round`] };
  },
};

async function measureOurs(postgres: BenchPostgres, kind: string, count: number): Promise<number> {
  using scratch = makeScratch();
  const database = await postgres.createDatabase();
  const { ms } = await measureMillrace<{ ms: number }>({ program, args: [kind, count], home: scratch.path, database });
  return ms;
}

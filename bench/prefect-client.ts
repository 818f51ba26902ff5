import { join } from "node:path";
import { prefectVersion } from "../tools/prefect-venv.ts";
import type { Benchmark, Figure } from "./kit/benchmark.ts";
import { compare } from "./kit/comparison.ts";
import { openBenchPostgres } from "./kit/postgres.ts";
import { interleave } from "./kit/samples.ts";
import { makeScratch } from "./kit/scratch.ts";
import { startBenchServer } from "./kit/server.ts";
import { startPrefectServer } from "./peers/prefect-server.ts";
import { findPrefect } from "./peers/prefect.ts";

/** Until its last task and its call return, and until all its task runs can be read as completed. */
interface ClientFlow {
  readonly tasksMs: number;
  /** What the client's process computed until then. */
  readonly tasksCpuMs: number;
  readonly returnedMs: number;
  readonly recordedMs: number;
}

export const prefectClient: Benchmark = {
  name: "prefect-client",
  what: `a flow of Prefect's own client against Millrace's server and against Prefect ${prefectVersion}'s`,
  async run({ isQuick, withPeers, say }) {
    if (!withPeers) return { skipped: "peers were not asked for" };
    const rounds = isQuick ? 1 : 9;
    const tasks = isQuick ? 50 : 1000;
    say(`Prefect ${prefectVersion}: installing it if it is not there yet`);
    const prefect = await findPrefect();
    if ("skipped" in prefect) return prefect;
    using scratch = makeScratch();
    const database = await openBenchPostgres();
    await using _ = {
      [Symbol.asyncDispose]: async () => ("skipped" in database ? undefined : database[Symbol.asyncDispose]()),
    };
    const kinds = { SQLite: null, ...("skipped" in database ? {} : { PostgreSQL: database }) };
    const figures: Figure[] = [];
    for (const [kind, postgres] of Object.entries(kinds)) {
      let made = 0;
      const place = async (): Promise<{ readonly home: string; readonly database?: string }> => {
        const home = join(scratch.path, `${kind}-${made++}`);
        return postgres === null ? { home } : { home, database: await postgres.createDatabase() };
      };
      const flowOf = async (apiUrl: string, home: string): Promise<ClientFlow> => {
        const { lastLine } = await prefect.runAgainst({ apiUrl, home: `${home}-client` }, "tasks", tasks, 1);
        return (JSON.parse(lastLine) as { readonly sequential: ClientFlow }).sequential;
      };
      say(`${kind}: ${rounds} rounds of a flow of ${tasks} tasks`);
      const samples = await interleave(rounds, {
        prefect: async () => {
          const where = await place();
          await using server = await startPrefectServer({ ...where, venv: prefect.venv });
          // Awaited here: the server is stopped when this returns.
          return await flowOf(server.apiUrl, where.home);
        },
        millrace: async () => {
          const where = await place();
          await using server = await startBenchServer(where);
          return await flowOf(`${server.url}/api`, where.home);
        },
      });
      figures.push(...flowFigures(`${kind}: ${tasks} tasks of Prefect's client`, samples));
    }
    return {
      figures,
      notes: "skipped" in database ? [`PostgreSQL was not measured: ${database.skipped}`] : [database.version],
    };
  },
};

function flowFigures(
  what: string,
  samples: { readonly millrace: readonly ClientFlow[]; readonly prefect: readonly ClientFlow[] },
): Figure[] {
  const beside = (key: keyof ClientFlow, end: string, atLeast?: number): Figure[] =>
    compare({
      what: `${what}, ${end}`,
      peer: { name: "Prefect", samples: samples.prefect.map((flow) => flow[key]) },
      millrace: samples.millrace.map((flow) => flow[key]),
      unit: "ms",
      ...(atLeast === undefined ? {} : { atLeast }),
    });
  const lag = (flows: readonly ClientFlow[]): number[] => flows.map((flow) => flow.recordedMs - flow.returnedMs);
  return [
    ...beside("tasksMs", "the last has returned", 1),
    ...beside("tasksCpuMs", "CPU time of the client until then"),
    ...beside("returnedMs", "call returned"),
    ...beside("recordedMs", "all recorded"),
    { label: `Prefect: ${what}, from its end until all are recorded`, samples: lag(samples.prefect), unit: "ms" },
    {
      label: `Millrace: ${what}, from its end until all are recorded`,
      samples: lag(samples.millrace),
      unit: "ms",
      bound: { atMost: 1000 },
    },
  ];
}

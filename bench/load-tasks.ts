import { fileURLToPath } from "node:url";
import type { Benchmark, Figure } from "./kit/benchmark.ts";
import { type LedgerPlace, onBothLedgers } from "./kit/ledgers.ts";
import { settings } from "./kit/millrace.ts";
import { measureProgram } from "./kit/program.ts";
import { phaseFigures, startWatchedServer } from "./kit/watched-server.ts";
import type { MapSample } from "./programs/load/map-over-server.ts";

const program = fileURLToPath(new URL("./programs/load/map-over-server.ts", import.meta.url));

/** Half of what four processors are held to. */
const perSecondAtLeast = { SQLite: 75, PostgreSQL: 150 } as const;
const memoryAtMostMb = 512;

export const loadTasks: Benchmark = {
  name: "load-tasks",
  what: "one flow that maps a task over 100,000 items, recorded on a server",
  run: ({ isQuick, say }) =>
    onBothLedgers(async (place) => {
      const tasks = isQuick ? 2000 : 100_000;
      say(`${tasks} tasks on ${place.name}`);
      return measure(place, tasks);
    }),
};

async function measure({ name, ...place }: LedgerPlace, tasks: number): Promise<Figure[]> {
  await using server = await startWatchedServer(place);
  await server.nextPhase();
  const { ms, peakMb, kbPerTask, liveMb } = await measureProgram<MapSample>({
    args: ["--expose-gc", program, String(tasks)],
    env: { ...settings(place.home), MILLRACE_API_URL: server.url },
    limitMs: 1_800_000,
  });
  const [, mapping] = await server.stop();
  return [
    {
      label: `${name}: tasks`,
      samples: [(tasks / ms) * 1000],
      unit: "/s",
      bound: { atLeast: perSecondAtLeast[name] },
    },
    {
      label: `${name}: memory of the flow's process, at most`,
      samples: [peakMb],
      unit: "MB",
      bound: { atMost: memoryAtMostMb },
    },
    { label: `${name}: live in it, at most`, samples: [liveMb], unit: "MB" },
    {
      label: `${name}: what a task more leaves live in it`,
      samples: [kbPerTask],
      unit: "KB",
      bound: { atMost: 1 },
    },
    ...phaseFigures(name, mapping, { peakMb: memoryAtMostMb }),
  ];
}

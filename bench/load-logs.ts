import { fileURLToPath } from "node:url";
import type { Benchmark, Figure } from "./kit/benchmark.ts";
import { type LedgerPlace, onBothLedgers } from "./kit/ledgers.ts";
import { measureProgram } from "./kit/program.ts";
import { phaseFigures, startWatchedServer } from "./kit/watched-server.ts";
import type { LinesPlan, LinesRecorded } from "./programs/load/log-lines.ts";

const program = fileURLToPath(new URL("./programs/load/log-lines.ts", import.meta.url));

const lines = 1_000_000;
const runs = 200;
/** On four processors; on two it may take twice as long. */
const writtenWithinMs = { SQLite: 120_000, PostgreSQL: 60_000 } as const;

/** Twice what four processors are held to, all of them times. */
const bounds = { listP99Ms: 600, lagMs: 4000, delayMaxMs: 200 };

export const loadLogs: Benchmark = {
  name: "load-logs",
  what: `${lines} log lines of ${runs} runs, while runs are listed and a log is followed`,
  run: ({ isQuick, say }) =>
    onBothLedgers(async (place) => {
      const plan = isQuick
        ? { runs: 20, lines: 10_000, writtenWithinMs: 5000 }
        : { runs, lines, writtenWithinMs: writtenWithinMs[place.name] };
      say(`${plan.lines} lines on ${place.name}`);
      return measure(place, plan);
    }),
};

async function measure({ name, ...place }: LedgerPlace, plan: LinesPlan): Promise<Figure[]> {
  await using server = await startWatchedServer(place);
  const recorded = await measureProgram<LinesRecorded>({
    args: [program, server.url, JSON.stringify(plan)],
    limitMs: plan.writtenWithinMs * 5 + 120_000,
    onLine: (line) => (line === "lines" || line === "over" ? server.nextPhase() : undefined),
  });
  const [, logging] = await server.stop();
  const { tookMs, acknowledged, found, perRequest, listP99Ms, listMaxMs, lagP99Ms, lagMaxMs } = recorded;
  return [
    {
      label: `${name}: until all lines were acknowledged`,
      samples: [tookMs / 1000],
      unit: "s",
      bound: { atMost: (plan.writtenWithinMs * 2) / 1000 },
    },
    { label: `${name}: lines a second`, samples: [(acknowledged / tookMs) * 1000], unit: "/s" },
    { label: `${name}: lines of a request, median`, samples: [perRequest], unit: "" },
    { label: `${name}: lines lost`, samples: [acknowledged - found], unit: "", bound: { atMost: 0 } },
    {
      label: `${name}: a list of 50 runs meanwhile, 99 of 100`,
      samples: [listP99Ms],
      unit: "ms",
      bound: { atMost: bounds.listP99Ms },
    },
    { label: `${name}: the slowest list`, samples: [listMaxMs], unit: "ms" },
    { label: `${name}: from a line until a page has it, 99 of 100`, samples: [lagP99Ms], unit: "ms" },
    {
      label: `${name}: from a line until a page has it, the last`,
      samples: [lagMaxMs],
      unit: "ms",
      bound: { atMost: bounds.lagMs },
    },
    ...phaseFigures(name, logging, { delayMaxMs: bounds.delayMaxMs }),
  ];
}

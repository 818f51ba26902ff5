import { fileURLToPath } from "node:url";
import type { Benchmark, Figure } from "./kit/benchmark.ts";
import { type LedgerPlace, onBothLedgers } from "./kit/ledgers.ts";
import { measureProgram } from "./kit/program.ts";
import { countStatements } from "./kit/statement-counter.ts";
import { type Phase, phaseFigures, startWatchedServer } from "./kit/watched-server.ts";
import type { Claims, WorkersPlan } from "./programs/load/workers.ts";

const program = fileURLToPath(new URL("./programs/load/workers.ts", import.meta.url));

const full: WorkersPlan = {
  workers: 1000,
  pools: 50,
  idleMs: 30_000,
  runs: 10_000,
  submittedWithinMs: 60_000,
  limitMs: 120_000,
};
const quick: WorkersPlan = { ...full, workers: 50, pools: 5, idleMs: 5000, runs: 200, submittedWithinMs: 5000 };

/** Nothing is to do for them then. */
const idleCoresAtMost = 1;
const idleStatementsAtMost = 200;
/** Twice what four processors are held to. */
const claimedWithinMs = 4000;

export const loadWorkers: Benchmark = {
  name: "load-workers",
  what: `${full.workers} workers of ${full.pools} pools, idle, and then ${full.runs} runs within a minute`,
  run: ({ isQuick, say }) =>
    onBothLedgers(async (place) => {
      const plan = isQuick ? quick : full;
      say(`${plan.workers} workers on ${place.name}`);
      return measure(place, plan);
    }),
};

async function measure({ name, ...place }: LedgerPlace, plan: WorkersPlan): Promise<Figure[]> {
  const counter = place.database === undefined ? null : await countStatements(place.database);
  try {
    const database = counter === null ? {} : { database: counter.url };
    await using server = await startWatchedServer({ ...place, ...database });
    /** Of each phase but the first. */
    const statements: number[] = [];
    const claims = await measureProgram<Claims>({
      args: [program, server.url, JSON.stringify(plan)],
      limitMs: plan.idleMs + plan.submittedWithinMs + plan.limitMs + 120_000,
      onLine(line) {
        if (!["idle", "runs", "over"].includes(line)) return undefined;
        statements.push(counter?.take() ?? 0);
        return server.nextPhase();
      },
    });
    const [, idle, busy] = await server.stop();
    const perSecond = counter === null ? null : ((statements[1] ?? Number.NaN) / plan.idleMs) * 1000;
    return [
      ...idleFigures(name, idle, perSecond),
      ...claimFigures(name, { claims, plan }),
      ...phaseFigures(name, busy),
    ];
  } finally {
    await counter?.close();
  }
}

function idleFigures(name: string, idle: Phase | undefined, perSecond: number | null): Figure[] {
  const { cpuMs, wallMs } = idle ?? { cpuMs: Number.NaN, wallMs: Number.NaN };
  return [
    {
      label: `${name}: processors that the server took while they were idle, of one`,
      samples: [cpuMs / wallMs],
      unit: "x",
      bound: { atMost: idleCoresAtMost },
    },
    ...(perSecond === null
      ? []
      : [
          {
            label: `${name}: statements while they were idle`,
            samples: [perSecond],
            unit: "/s",
            bound: { atMost: idleStatementsAtMost },
          } as const,
        ]),
  ];
}

function claimFigures(
  name: string,
  { claims, plan }: { readonly claims: Claims; readonly plan: WorkersPlan },
): Figure[] {
  const { claimed, duplicates, refused, unanswered, medianMs, p99Ms, maxMs } = claims;
  const from = `${name}: from the due time until claimed`;
  return [
    { label: `${name}: runs claimed`, samples: [claimed], unit: "", bound: { atLeast: plan.runs } },
    { label: `${name}: runs claimed twice`, samples: [duplicates], unit: "", bound: { atMost: 0 } },
    { label: `${name}: claims refused, as another was faster`, samples: [refused], unit: "" },
    { label: `${name}: questions that were not answered in time`, samples: [unanswered], unit: "" },
    { label: `${from}, median`, samples: [medianMs], unit: "ms" },
    { label: `${from}, 99 of 100`, samples: [p99Ms], unit: "ms", bound: { atMost: claimedWithinMs } },
    { label: `${from}, the last`, samples: [maxMs], unit: "ms" },
  ];
}

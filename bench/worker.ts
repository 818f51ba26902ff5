import { join } from "node:path";
import type { Benchmark, Figure } from "./kit/benchmark.ts";
import { type LedgerPlace, onBothLedgers } from "./kit/ledgers.ts";
import { measureMillrace } from "./kit/millrace.ts";
import { median } from "./kit/samples.ts";
import { makeScratch } from "./kit/scratch.ts";
import { command, startBenchServer } from "./kit/server.ts";

const program = new URL("./programs/start-latency.ts", import.meta.url);

interface Sample {
  /** All in ms. */
  readonly submitted: number[];
  readonly due: number[];
  readonly roundTrip: number[];
  readonly commit: number[];
  readonly claim: number[];
}

/** Each run has a process of its own, which was ready before. */
export const worker: Benchmark = {
  name: "worker",
  what: "how soon a run of a deployment reaches the first line of its code, beside what that takes at the least",
  async run({ isQuick, say }) {
    const runs = isQuick ? 5 : 50;
    using scratch = makeScratch();
    say(`${runs} runs that are submitted, and ${runs} that wait for their time, over a ledger and over a server`);
    const own = await measureMillrace<Sample>({ program, args: [runs], home: join(scratch.path, "own") });
    await using server = await startBenchServer({ home: join(scratch.path, "server") });
    const remote = await measureMillrace<Sample>({
      program,
      args: [runs],
      home: join(scratch.path, "remote"),
      env: { MILLRACE_API_URL: server.url },
    });
    const figures = [...toFigures("own ledger", own), ...toFigures("server", remote)];
    say("the same of a `process` pool, by `millrace worker start` over a server");
    const pools = await onBothLedgers((place) => measurePool(place, runs));
    if ("skipped" in pools) return pools;
    return { ...pools, figures: [...figures, ...pools.figures] };
  },
};

async function measurePool({ name, home, database }: LedgerPlace, runs: number): Promise<readonly Figure[]> {
  await using server = await startBenchServer({ home, ...(database === undefined ? {} : { database }) });
  const sample = await measureMillrace<Sample>({
    program,
    args: [runs, command],
    home: join(home, "worker"),
    env: { MILLRACE_API_URL: server.url },
  });
  return toFigures(`process pool, ${name}`, sample);
}

function toFigures(name: string, { submitted, due, roundTrip, commit, claim }: Sample): Figure[] {
  const floor = median(roundTrip) + median(commit) + median(claim);
  const target = { atMost: 50 };
  return [
    { label: `${name}: from submission to the first line`, samples: submitted, unit: "ms", target },
    { label: `${name}: from the due time to the first line`, samples: due, unit: "ms", target },
    { label: `${name}: an IPC round trip`, samples: roundTrip, unit: "ms" },
    { label: `${name}: a commit`, samples: commit, unit: "ms" },
    { label: `${name}: a claim`, samples: claim, unit: "ms" },
    {
      label: `${name}: submission to first line, over round trip + commit + claim`,
      samples: submitted.map((ms) => ms / floor),
      unit: "x",
      bound: { atMost: 5 },
    },
    {
      label: `${name}: due time to first line, over round trip + commit + claim`,
      samples: due.map((ms) => ms / floor),
      unit: "x",
      bound: { atMost: 5 },
    },
  ];
}

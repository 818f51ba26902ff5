import type { Benchmark, Figure } from "./kit/benchmark.ts";
import { ratios } from "./kit/samples.ts";
import { type RunAndFloor, runWithFloor } from "./kit/sqlite-floor.ts";

const program = new URL("./programs/fan-out.ts", import.meta.url);

/** As many as the journal writes in one transaction at most. */
const rowsPerCommit = 1000;

export const fanOut: Benchmark = {
  name: "fan-out",
  what: "100,000 no-op tasks called at once in one flow, by map and under Promise.all",
  async run({ isQuick, say }) {
    const tasks = isQuick ? 10_000 : 100_000;
    const rounds = isQuick ? 1 : 5;
    const samples: Record<"map" | "all", RunAndFloor[]> = { map: [], all: [] };
    for (let round = 1; round <= rounds; round += 1) {
      say(`round ${round} of ${rounds}`);
      for (const kind of ["map", "all"] as const) {
        samples[kind].push(await runWithFloor({ program, args: [kind, tasks], tasks, rowsPerCommit }));
      }
    }
    return { figures: [...figuresOf("map", samples.map), ...figuresOf("Promise.all", samples.all)] };
  },
};

function figuresOf(kind: string, samples: readonly RunAndFloor[]): Figure[] {
  const millrace = samples.map((sample) => sample.millrace);
  const floor = samples.map((sample) => sample.floor);
  const peaks = samples.map((sample) => sample.peakMb);
  return [
    { label: `${kind}: tasks`, samples: millrace, unit: "/s", target: { atLeast: 20_000 } },
    { label: `${kind}: floor: node:sqlite, the same rows, ${rowsPerCommit} a commit`, samples: floor, unit: "/s" },
    { label: `${kind}: time over the floor`, samples: ratios(floor, millrace), unit: "x", bound: { atMost: 6 } },
    { label: `${kind}: peak memory of the process`, samples: peaks, unit: "MB", bound: { atMost: 512 } },
  ];
}

import type { Benchmark } from "./kit/benchmark.ts";
import { ratios } from "./kit/samples.ts";
import { type RunAndFloor, runWithFloor } from "./kit/sqlite-floor.ts";

const program = new URL("./programs/sequential.ts", import.meta.url);

/** Each task is awaited before the next is called, so each is a commit of its own. */
export const sequential: Benchmark = {
  name: "sequential",
  what: "10,000 no-op tasks one after another, each safe from process death before the next",
  async run({ isQuick, say }) {
    const tasks = isQuick ? 1000 : 10_000;
    const rounds = isQuick ? 1 : 7;
    const samples: RunAndFloor[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      say(`round ${round} of ${rounds}`);
      samples.push(await runWithFloor({ program, args: [tasks], tasks, rowsPerCommit: 1 }));
    }
    const millrace = samples.map((sample) => sample.millrace);
    const floor = samples.map((sample) => sample.floor);
    return {
      figures: [
        { label: "tasks", samples: millrace, unit: "/s", target: { atLeast: 4000 } },
        { label: "floor: node:sqlite, the same rows, one commit each", samples: floor, unit: "/s" },
        { label: "time over the floor", samples: ratios(floor, millrace), unit: "x", bound: { atMost: 5 } },
      ],
    };
  },
};

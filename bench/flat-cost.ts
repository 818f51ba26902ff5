import type { Benchmark } from "./kit/benchmark.ts";
import { measureMillrace } from "./kit/millrace.ts";
import { ratios } from "./kit/samples.ts";
import { makeScratch } from "./kit/scratch.ts";

const program = new URL("./programs/task-times.ts", import.meta.url);

export const flatCost: Benchmark = {
  name: "flat-cost",
  what: "what a task costs at the end of a run of 10,000, against one at its start",
  async run({ isQuick, say }) {
    const tasks = isQuick ? 2000 : 10_050;
    const window = 100;
    const rounds = isQuick ? 1 : 9;
    const samples: { first: number; last: number }[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      say(`round ${round} of ${rounds}`);
      using scratch = makeScratch();
      samples.push(await measureMillrace({ program, args: [tasks, window], home: scratch.path }));
    }
    const first = samples.map((sample) => sample.first);
    const last = samples.map((sample) => sample.last);
    return {
      figures: [
        { label: `tasks 1 to ${window}: median`, samples: first, unit: "µs" },
        { label: `tasks ${tasks - window + 1} to ${tasks}: median`, samples: last, unit: "µs" },
        { label: "last over first", samples: ratios(last, first), unit: "x", bound: { atMost: 1.2 } },
      ],
    };
  },
};

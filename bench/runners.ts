import type { Benchmark, Figure } from "./kit/benchmark.ts";
import { measureMillrace } from "./kit/millrace.ts";
import { differences, interleave } from "./kit/samples.ts";
import { makeScratch } from "./kit/scratch.ts";

const program = new URL("./programs/runners.ts", import.meta.url);

interface Costs {
  /** µs a task. */
  readonly sequential: number;
  readonly concurrent: number;
}

export const runners: Benchmark = {
  name: "runners",
  what: "what a task costs more in a pool of threads or processes than on the event loop, its body trivial, its pool warm",
  async run({ isQuick, say }) {
    const tasks = isQuick ? 500 : 5000;
    const rounds = isQuick ? 1 : 7;
    say(`${rounds} rounds of three programs`);
    const measure = async (kind: string): Promise<Costs> => {
      using scratch = makeScratch();
      return await measureMillrace<Costs>({ program, args: [kind, tasks], home: scratch.path });
    };
    const costs = await interleave(rounds, {
      inProcess: () => measure("in-process"),
      threads: () => measure("threads"),
      processes: () => measure("processes"),
    });
    const figures = (["sequential", "concurrent"] as const).flatMap((order): Figure[] => {
      const base = costs.inProcess.map((cost) => cost[order]);
      const over = (samples: readonly Costs[]): number[] =>
        differences(
          samples.map((cost) => cost[order]),
          base,
        );
      return [
        { label: `${order}: a task on the event loop`, samples: base, unit: "µs" },
        { label: `${order}: threads() add`, samples: over(costs.threads), unit: "µs", bound: { atMost: 200 } },
        { label: `${order}: processes() add`, samples: over(costs.processes), unit: "µs" },
      ];
    });
    return { figures };
  },
};

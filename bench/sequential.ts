import type { Benchmark } from "./kit/benchmark.ts";
import { interleave, ratios } from "./kit/samples.ts";
import { type RunAndFloor, runWithFloor } from "./kit/sqlite-floor.ts";

const program = new URL("./programs/sequential.ts", import.meta.url);

/** Each task is awaited before the next is called, so each is a commit of its own. */
export const sequential: Benchmark = {
  name: "sequential",
  what: "10,000 no-op tasks one after another, each safe from process death before the next; 500, each safe from power loss",
  async run({ isQuick, say }) {
    const rounds = isQuick ? 1 : 7;
    const measure = (durability: "process" | "power", tasks: number) => (): Promise<RunAndFloor> => {
      say(`${tasks} tasks with durability ${durability}`);
      return runWithFloor({ program, args: [tasks], tasks, rowsPerCommit: 1, durability });
    };
    const samples = await interleave<{ process: RunAndFloor; power: RunAndFloor }>(rounds, {
      process: measure("process", isQuick ? 1000 : 10_000),
      // A commit waits for the disk: fewer of them take as long.
      power: measure("power", isQuick ? 50 : 500),
    });
    const [millrace, floor] = sidesOf(samples.process);
    const [powerMillrace, powerFloor] = sidesOf(samples.power);
    return {
      figures: [
        { label: "tasks", samples: millrace, unit: "/s", target: { atLeast: 4000 } },
        { label: "floor: node:sqlite, the same rows, one commit each", samples: floor, unit: "/s" },
        { label: "time over the floor", samples: ratios(floor, millrace), unit: "x", bound: { atMost: 5 } },
        // The disk decides.
        { label: "durability power: tasks", samples: powerMillrace, unit: "/s" },
        { label: "durability power: floor, with synchronous=full", samples: powerFloor, unit: "/s" },
        { label: "durability power: time over the floor", samples: ratios(powerFloor, powerMillrace), unit: "x" },
      ],
    };
  },
};

function sidesOf(samples: readonly RunAndFloor[]): readonly [millrace: number[], floor: number[]] {
  return [samples.map(({ millrace }) => millrace), samples.map(({ floor }) => floor)];
}

import { join } from "node:path";
import type { Benchmark } from "./kit/benchmark.ts";
import { measureMillrace, runMillrace } from "./kit/millrace.ts";
import { interleave, ratios } from "./kit/samples.ts";
import { makeScratch } from "./kit/scratch.ts";
import { findPrefect, prefectVersion } from "./peers/prefect.ts";

const tasksProgram = new URL("./programs/prefect-side.ts", import.meta.url);
const helloProgram = new URL("./programs/hello.ts", import.meta.url);

interface Tasks {
  readonly sequentialMs: number;
  readonly mapMs: number;
}

export const prefect: Benchmark = {
  name: "prefect",
  what: `Prefect ${prefectVersion} with its embedded server, and Millrace, on the same tasks`,
  async run({ isQuick, withPeers, say }) {
    if (!withPeers) return { skipped: "peers were not asked for" };
    say(`Prefect ${prefectVersion}: installing it if it is not there yet`);
    const peer = await findPrefect();
    if ("skipped" in peer) return peer;
    const [count, width, rounds] = isQuick ? [50, 100, 1] : [200, 1000, 3];
    say(`${rounds} rounds: a hello flow, ${count} tasks one after another, ${width} tasks mapped`);
    using scratch = makeScratch();
    const home = join(scratch.path, "millrace");
    const prefectHome = join(scratch.path, "prefect");
    // Both have a ledger that is there already: neither is charged for making it.
    await peer.run(prefectHome, "hello");
    await runMillrace({ program: helloProgram, home });
    const hello = await interleave(rounds, {
      prefect: () => peer.run(prefectHome, "hello").then(({ wallMs, lastLine }) => ({ wallMs, ...flowMs(lastLine) })),
      millrace: () =>
        runMillrace({ program: helloProgram, home }).then(({ wallMs, lastLine }) => ({ wallMs, ...flowMs(lastLine) })),
    });
    const tasks = await interleave(rounds, {
      prefect: () => peer.run(prefectHome, "tasks", count, width).then(({ lastLine }) => JSON.parse(lastLine) as Tasks),
      millrace: () => measureMillrace<Tasks>({ program: tasksProgram, args: [count, width], home }),
    });
    const [theirs, ours] = [perTask(tasks.prefect, count), perTask(tasks.millrace, count)];
    const maps = { prefect: tasks.prefect.map(mapMs), millrace: tasks.millrace.map(mapMs) };
    // Their process runs the flow twice; the second run is not counted to its wall time.
    const walls = {
      prefect: hello.prefect.map((each) => each.wallMs - each.flowMs),
      millrace: hello.millrace.map((each) => each.wallMs),
    };
    return {
      figures: [
        { label: "Prefect: a task of a sequence", samples: theirs, unit: "ms" },
        { label: "Millrace: a task of a sequence", samples: ours, unit: "ms" },
        { label: "Prefect over Millrace", samples: ratios(theirs, ours), unit: "x", bound: { atLeast: 50 } },
        { label: `Prefect: a map of ${width} tasks`, samples: maps.prefect, unit: "ms" },
        { label: `Millrace: a map of ${width} tasks`, samples: maps.millrace, unit: "ms" },
        {
          label: "Prefect over Millrace",
          samples: ratios(maps.prefect, maps.millrace),
          unit: "x",
          bound: { atLeast: 50 },
        },
        { label: "Prefect: hello flow, wall time of the process", samples: walls.prefect, unit: "ms" },
        { label: "Millrace: hello flow, wall time of the process", samples: walls.millrace, unit: "ms" },
        {
          label: "Prefect over Millrace",
          samples: ratios(walls.prefect, walls.millrace),
          unit: "x",
          bound: { atLeast: 5 },
        },
        {
          label: "Prefect: hello flow alone, its server running",
          samples: hello.prefect.map((each) => each.flowMs),
          unit: "ms",
        },
        {
          label: "Millrace: hello flow alone, first of its process",
          samples: hello.millrace.map((each) => each.flowMs),
          unit: "ms",
        },
      ],
    };
  },
};

function flowMs(lastLine: string): { readonly flowMs: number } {
  return JSON.parse(lastLine) as { flowMs: number };
}

function perTask(samples: readonly Tasks[], count: number): number[] {
  return samples.map(({ sequentialMs }) => sequentialMs / count);
}

function mapMs(sample: Tasks): number {
  return sample.mapMs;
}

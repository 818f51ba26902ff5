import { join } from "node:path";
import type { Benchmark } from "./kit/benchmark.ts";
import { runMillrace } from "./kit/millrace.ts";
import { differences, interleave } from "./kit/samples.ts";
import { makeScratch } from "./kit/scratch.ts";

const nothing = new URL("./programs/nothing.mjs", import.meta.url);
const nothingTyped = new URL("./programs/nothing.ts", import.meta.url);
const importOnly = new URL("./programs/import-only.mjs", import.meta.url);
const hello = new URL("./programs/hello.ts", import.meta.url);

export const startup: Benchmark = {
  name: "startup",
  what: "what importing millrace adds to bare node, and how long a hello flow takes from start to end of its process",
  async run({ isQuick, say }) {
    const rounds = isQuick ? 3 : 25;
    say(`${rounds} rounds of five processes`);
    using scratch = makeScratch();
    const known = join(scratch.path, "known");
    let made = 0;
    const wallMs = async (program: URL, home = known): Promise<number> => (await runMillrace({ program, home })).wallMs;
    await wallMs(hello);
    const times = await interleave(rounds, {
      node: () => wallMs(nothing),
      nodeTyped: () => wallMs(nothingTyped),
      imported: () => wallMs(importOnly),
      hello: () => wallMs(hello),
      helloFresh: () => wallMs(hello, join(scratch.path, `made-${made++}`)),
    });
    const added = differences(times.imported, times.node);
    return {
      figures: [
        { label: "bare node, an empty .mjs file", samples: times.node, unit: "ms" },
        { label: "bare node, an empty .ts file (loads what strips types)", samples: times.nodeTyped, unit: "ms" },
        { label: 'import "millrace" in an .mjs file', samples: times.imported, unit: "ms" },
        { label: "what the import adds", samples: added, unit: "ms", bound: { atMost: 40 } },
        { label: "hello.ts, its ledger there already", samples: times.hello, unit: "ms", bound: { atMost: 150 } },
        { label: "hello.ts, its ledger made by it", samples: times.helloFresh, unit: "ms", target: { atMost: 150 } },
      ],
    };
  },
};

import { join } from "node:path";
import type { Benchmark } from "./kit/benchmark.ts";
import { runMillrace } from "./kit/millrace.ts";
import { interleave } from "./kit/samples.ts";
import { makeScratch } from "./kit/scratch.ts";

export const startup: Benchmark = {
  name: "startup",
  what: "what importing millrace adds to bare node, and how long a hello flow takes from start to end of its process",
  async run({ isQuick, say }) {
    const rounds = isQuick ? 3 : 25;
    say(`${rounds} rounds of five processes`);
    using scratch = makeScratch();
    const home = join(scratch.path, "known");
    let fresh = 0;
    const wallMs = async (name: string, inHome = home): Promise<number> => {
      const program = new URL(`./programs/${name}`, import.meta.url);
      return (await runMillrace({ program, home: inHome })).wallMs;
    };
    await wallMs("hello.ts");
    const times = await interleave(rounds, {
      node: () => wallMs("nothing.mjs"),
      nodeTypes: () => wallMs("nothing.ts"),
      imported: () => wallMs("import-only.mjs"),
      hello: () => wallMs("hello.ts"),
      helloFresh: () => wallMs("hello.ts", join(scratch.path, `fresh-${fresh++}`)),
    });
    const added = times.imported.map((ms, round) => ms - (times.node[round] ?? 0));
    return {
      figures: [
        { label: "bare node, an empty .mjs file", samples: times.node, unit: "ms" },
        { label: "bare node, an empty .ts file (loads what strips types)", samples: times.nodeTypes, unit: "ms" },
        { label: 'import "millrace" in an .mjs file', samples: times.imported, unit: "ms" },
        { label: "what the import adds", samples: added, unit: "ms", bound: { atMost: 40 } },
        { label: "hello.ts, its ledger there already", samples: times.hello, unit: "ms", bound: { atMost: 150 } },
        { label: "hello.ts, its ledger made by it", samples: times.helloFresh, unit: "ms", bound: { atMost: 150 } },
      ],
    };
  },
};

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Benchmark } from "./kit/benchmark.ts";
import { millraceFile, runMillrace, settings } from "./kit/millrace.ts";
import { interleave } from "./kit/samples.ts";
import { runProgram } from "./kit/program.ts";
import { makeScratch } from "./kit/scratch.ts";

const program = new URL("./programs/resumable.ts", import.meta.url);

export const resume: Benchmark = {
  name: "resume",
  what: "`millrace flow-run resume` of a killed run whose 10,000 tasks are all recorded, from start to end of its process",
  async run({ isQuick, say }) {
    const tasks = isQuick ? 1000 : 10_000;
    const rounds = isQuick ? 1 : 7;
    say(`${rounds} rounds`);
    const command = findCommand();
    const millrace = (home: string, ...args: string[]): Promise<number> =>
      runProgram({ args: [command, ...args], env: settings(home) }).then(({ wallMs }) => wallMs);
    const times = await interleave(rounds, {
      resume: async () => {
        using scratch = makeScratch();
        const home = scratch.path;
        await runMillrace({ program, args: [tasks], home, endsBySignal: "SIGKILL" });
        return await millrace(home, "flow-run", "resume", readFileSync(join(home, "run-id"), "utf8"));
      },
      version: async () => {
        using scratch = makeScratch();
        return await millrace(scratch.path, "version");
      },
    });
    return {
      figures: [
        { label: "`millrace version`: the command alone", samples: times.version, unit: "ms" },
        { label: `resume of ${tasks} tasks`, samples: times.resume, unit: "ms", bound: { atMost: 1000 } },
      ],
    };
  },
};

/** The command beside the package's own entry: built, or in the sources. */
function findCommand(): string {
  const folder = dirname(millraceFile);
  const candidates = [join(folder, "main.js"), join(folder, "../cli/main.ts")];
  const found = candidates.find((file) => existsSync(file));
  if (found === undefined) throw new Error(`there is no command at ${candidates.join(" or ")}`);
  return found;
}

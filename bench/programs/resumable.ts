/**
 * `resumable.ts tasks`: a run of so many tasks that kills itself after the last, before its own end is recorded. It is
 * resumed by `millrace flow-run resume`, which imports this file.
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { context, flow, task } from "millrace";

const noop = task({ name: "no-op" }, async (index: number) => index);

export const resumable = flow({ name: "resumable" }, async ({ tasks }: { tasks: number }) => {
  for (let index = 0; index < tasks; index += 1) await noop(index);
  if (!import.meta.main) return;
  writeFileSync(join(process.env.MILLRACE_HOME ?? "", "run-id"), context().flowRun?.id ?? "");
  process.kill(process.pid, "SIGKILL");
});

if (import.meta.main) await resumable({ tasks: Number(process.argv[2]) });

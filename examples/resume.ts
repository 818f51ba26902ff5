/**
 * Resume: the process is killed (kill -9) in the middle of six steps; the run is resumed in a new process, and the
 * steps that were recorded are taken from the record.
 *
 *   node examples/resume.ts
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { flow, task } from "millrace";
import { millrace, millraceJson } from "./command.ts";

const diary = join(tmpdir(), "millrace-resume-diary.txt");

const step = task({ name: "step", runName: "step {n}" }, async (n: number) => {
  appendFileSync(diary, `step ${n} ran in process ${process.pid}\n`);
  return n * n;
});

export const longWork = flow({ name: "long-work" }, async () => {
  let sum = 0;
  for (let n = 1; n <= 6; n++) {
    sum += await step(n);
    if (n === 3 && process.env.POWER_CUT) process.kill(process.pid, "SIGKILL");
  }
  return sum;
});

if (import.meta.main) {
  if (process.env.POWER_CUT) await longWork(); // the first process does not come back from this
  rmSync(diary, { force: true });
  const first = spawn(process.execPath, [...process.execArgv, import.meta.filename], {
    env: { ...process.env, POWER_CUT: "1" },
    stdio: "inherit",
  });
  const [, signal] = await once(first, "exit");
  console.log(`The first process ended by ${signal}`);

  const [run] = (await millraceJson("flow-run", "ls", "--limit", "1")) as { id: string }[];
  await millrace("flow-run", "resume", run?.id ?? "");
  console.log(readFileSync(diary, "utf8"));
}

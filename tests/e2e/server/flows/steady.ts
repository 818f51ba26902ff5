/** Forty short steps, one after the other; the diary has a line for each body that ran. */

import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { flow, logger, task } from "millrace";

const step = task({ name: "step", runName: "step {n}" }, async (n: number) => {
  appendFileSync(process.env.DIARY ?? "/dev/null", `step ${n}\n`);
  logger().info(`step ${n} runs`);
  await sleep(Number(process.env.STEP_MS ?? "0"));
  return n;
});

export const steady = flow({ name: "steady" }, async () => {
  let sum = 0;
  for (let n = 1; n <= 40; n++) sum += await step(n);
  return sum;
});

if (import.meta.main) console.log(`sum ${await steady()}`);

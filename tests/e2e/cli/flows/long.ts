import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { flow, task } from "millrace";

/** Each start of a step is a line of the diary. */
const step = task({ name: "step", runName: "step {n}" }, async (n: number) => {
  appendFileSync(process.env.DIARY ?? "/dev/null", `step ${n}\n`);
  await sleep(n === 3 ? Number(process.env.STEP_3_MS ?? "0") : 0);
  return n;
});

export const long = flow({ name: "long" }, async () => {
  let sum = 0;
  for (let n = 1; n <= 5; n++) sum += await step(n);
  return sum;
});

if (import.meta.main) await long();

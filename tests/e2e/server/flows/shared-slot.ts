/** Tasks that share one slot with every process; the diary shows who came in and went out. */

import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { flow, task } from "millrace";

const note = (line: string): void => appendFileSync(process.env.DIARY ?? "/dev/null", `${line}\n`);

const alone = task({ name: "alone", concurrency: { key: "the-slot", limit: 1 } }, async (_n: number) => {
  note("in");
  await sleep(20);
  note("out");
});

export const shared = flow({ name: "shared" }, async () => {
  await Promise.all([1, 2, 3, 4].map((n) => alone(n)));
});

if (import.meta.main) await shared();

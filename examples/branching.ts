/**
 * Branching: the course of a flow is ordinary code. What runs next follows from what has just been found out; no graph
 * is declared beforehand.
 *
 *   node examples/branching.ts
 */

import { flow, task } from "millrace";

const measureDrift = task({ name: "measure-drift" }, (today: readonly number[], reference: readonly number[]) => {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.abs(mean(today) - mean(reference));
});
const retrain = task({ name: "retrain" }, (rows: readonly number[]) => `a model of ${rows.length} rows`);
const alert = task({ name: "alert" }, (drift: number) => `somebody should look: the data moved by ${drift}`);

export const monitor = flow({ name: "monitor" }, async ({ today }: { today: number[] }) => {
  const reference = [20, 21, 19, 20];
  const drift = await measureDrift(today, reference);
  if (drift > 10) return await alert(drift);
  if (drift > 1) return await retrain([...reference, ...today]);
  return "nothing to do";
});

if (import.meta.main) {
  for (const today of [
    [20, 20],
    [23, 24],
    [90, 95],
  ])
    console.log(today, "→", await monitor({ today }));
}

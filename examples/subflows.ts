/**
 * Subflows: a flow called in a flow is a run of its own, with its own page, parameters and retries, under its parent.
 * A large pipeline is made of small ones that also run alone.
 *
 *   node examples/subflows.ts
 */

import { flow, task } from "millrace";

const count = task({ name: "count" }, (region: string) => region.length * 1000);
const add = task({ name: "add" }, (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0));

export const region = flow(
  { name: "region", runName: "region {name}", retries: 1 },
  async ({ name }: { name: string }) => {
    return { name, visitors: await count(name) };
  },
);

export const world = flow({ name: "world" }, async () => {
  const regions = await Promise.all(["europe", "asia", "africa"].map((name) => region({ name })));
  return await add(regions.map(({ visitors }) => visitors));
});

if (import.meta.main) console.log(`${await world()} visitors in all regions`);

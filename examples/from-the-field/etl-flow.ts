/**
 * The smallest pipeline: extract, transform, load.
 *
 *   node examples/from-the-field/etl-flow.ts
 */

import { flow, task } from "millrace";

const extract = task({ name: "extract" }, () => [1, 2, 3]);
export const transform = task({ name: "transform" }, (data: readonly number[]) => data.map((number) => number * 10));
const load = task({ name: "load" }, (data: readonly number[]) => console.log("Loaded:", data));

export const etlFlow = flow({ name: "etl-flow" }, async () => {
  const data = await extract();
  const transformed = await transform(data);
  await load(transformed);
});

if (import.meta.main) await etlFlow();

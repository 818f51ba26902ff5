/**
 * Retries and caching in one task: tried again three times, a minute apart; its result holds for an hour.
 *
 *   node examples/from-the-field/expensive-computation.ts    (twice: the second run takes it from the cache)
 */

import { flow, inputs, task } from "millrace";

const expensiveComputation = task(
  { name: "expensive-computation", retries: 3, retryDelay: "60s", cache: inputs(), expiresIn: "1h" },
  async (data: { numbers: readonly number[] }) => {
    console.log("computing …");
    return { mean: data.numbers.reduce((sum, number) => sum + number, 0) / data.numbers.length };
  },
);

export const compute = flow({ name: "compute" }, async () => await expensiveComputation({ numbers: [1, 2, 3, 4] }));

if (import.meta.main) console.log(await compute());

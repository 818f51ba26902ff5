/**
 * Parallel execution: ten partitions are submitted at once, then their results are collected.
 *
 *   node examples/from-the-field/parallel-flow.ts
 */

import { flow, task } from "millrace";

const processPartition = task({ name: "process-partition" }, (partition: number) => ({
  partition,
  result: partition * 2,
}));

export const parallelFlow = flow({ name: "parallel-flow" }, async () => {
  const futures = Array.from({ length: 10 }, (_, partition) => processPartition.submit(partition));
  return await Promise.all(futures);
});

if (import.meta.main) console.log(await parallelFlow());

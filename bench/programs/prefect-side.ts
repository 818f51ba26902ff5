/** `prefect-side.ts sequential mapped`: the counterpart of peers/prefect-flows.py. */

import { flow, task } from "millrace";

const noop = task({ name: "no-op" }, async (index: number) => index);

const sequential = flow({ name: "sequential" }, async ({ tasks }: { tasks: number }) => {
  for (let index = 0; index < tasks; index += 1) await noop(index);
});

const mapped = flow({ name: "mapped" }, async ({ tasks }: { tasks: number }) => {
  const values = await Promise.all(noop.map(Array.from({ length: tasks }, (_, index) => index)));
  if (values.at(-1) !== tasks - 1) throw new Error("the values are not those of the calls");
});

/** When the call returns, all is recorded. */
async function measure(run: () => Promise<unknown>): Promise<{ returnedMs: number; recordedMs: number }> {
  const startedAt = performance.now();
  await run();
  const ms = performance.now() - startedAt;
  return { returnedMs: ms, recordedMs: ms };
}

if (import.meta.main) {
  const [count = 0, width = 0] = process.argv.slice(2).map(Number);
  await sequential({ tasks: 20 });
  const measured = {
    sequential: await measure(() => sequential({ tasks: count })),
    map: await measure(() => mapped({ tasks: width })),
  };
  process.stdout.write(`${JSON.stringify(measured)}\n`);
}

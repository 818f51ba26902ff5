/** `dbos-side.ts kind count`: Millrace's side of the comparison with DBOS; see steps.ts. */

import { flow, task } from "millrace";
import { measureSide } from "./steps.ts";

const noop = task({ name: "no-op" }, async (index: number) => index);

const steps = flow({ name: "steps" }, async ({ count }: { count: number }) => {
  for (let index = 0; index < count; index += 1) await noop(index);
});

const single = flow({ name: "single" }, async ({ index }: { index: number }) => noop(index));

if (import.meta.main) {
  const [kind = "", count = ""] = process.argv.slice(2);
  const side = { steps: (of: number) => steps({ count: of }), single: (index: number) => single({ index }) };
  process.stdout.write(`${JSON.stringify({ ms: await measureSide(side, kind, Number(count)) })}\n`);
}

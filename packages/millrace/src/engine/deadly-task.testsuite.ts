import { task } from "../sdk/task.ts";
import type { TestLedger } from "../testing/test-ledger.ts";

const never = new Promise<never>(() => undefined);

/** A task whose first call is the last thing that its process does; later ones give back what they are given. */
export function deadly(ledger: TestLedger) {
  let isFirst = true;
  return task({ name: "deadly" }, async (value: unknown = null) => {
    if (!isFirst) return value;
    isFirst = false;
    await ledger.crash();
    return never;
  });
}

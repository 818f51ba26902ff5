/** Tasks for the tests of transactions. */

import { task } from "../sdk/task.ts";

/** Tasks that note when they ran, were committed and were rolled back. */
export function noting() {
  const events: string[] = [];
  const define = (name: string) =>
    task(
      {
        name,
        onCommit: ({ result }) => void events.push(`commit ${name} ${String(result)}`),
        onRollback: ({ result }) => void events.push(`rollback ${name} ${String(result)}`),
      },
      async (n: number) => {
        events.push(`run ${name} ${n}`);
        return n;
      },
    );
  return { events, a: define("a"), b: define("b") };
}

export const fail = (): never => {
  throw new Error("undo all");
};

/** A task that two processes start at once. */

import type { Api } from "../contract/api.ts";
import type { TaskOptions } from "../contract/definitions.ts";
import { createDeferred } from "../kit/deferred.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { definitionOf } from "../testing/subjects.ts";
import { openProcesses } from "./processes.testsuite.ts";

/** What takes turns. The first does not end while it is held, and the second has had time to begin by then. */
export const turns = {
  whileHeld: ["first begins"],
  all: ["first begins", "first ends", "second begins", "second ends"],
} as const;

/** What happened, in its order. @param prepare what the ledger must have before */
export async function runTwoAtOnce(
  options: Pick<TaskOptions<[name: string]>, "concurrency" | "tags">,
  prepare: (api: Api) => Promise<void> = async () => undefined,
): Promise<{ readonly whileHeld: readonly string[]; readonly all: readonly string[] }> {
  await using processes = await openProcesses({ time: "real" });
  const first = await processes.open();
  const second = await processes.open();
  await prepare(first.api);
  const events: string[] = [];
  const held = createDeferred<void>();
  const one = task({ name: "one", ...options }, async (name: string) => {
    events.push(`${name} begins`);
    if (name === "first") await held.promise;
    events.push(`${name} ends`);
  });
  const both = flow({ name: "both" }, async ({ name }: { name: string }) => one(name));
  const start = (process: typeof first, name: string): Promise<unknown> => {
    processes.enter(process);
    return process.engine.startFlow({ definition: definitionOf(both), parameters: { name } });
  };
  const running = start(first, "first");
  while (events.length === 0) await new Promise((resolve) => void setImmediate(resolve));
  const waiting = start(second, "second");
  await new Promise((resolve) => setTimeout(resolve, 50));
  const whileHeld = [...events];
  held.resolve();
  await Promise.all([running, waiting]);
  return { whileHeld, all: events };
}

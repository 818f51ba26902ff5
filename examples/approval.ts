/**
 * Approval: a run waits until a person has decided. Here somebody else's terminal answers it, by the command line; the
 * answer is checked by the schema, and a run that waits survives the end of its process.
 *
 *   node examples/approval.ts
 */

import { setTimeout as wait } from "node:timers/promises";
import { flow, pause, task } from "millrace";
import { z } from "zod";
import { millrace, millraceJson } from "./command.ts";

const collectChanges = task({ name: "collect-changes" }, async (version: string) => `${version}: 3 mended, 1 new`);

const publish = task({ name: "publish" }, async (version: string, by: string) => `${version} was approved by ${by}`);

export const release = flow({ name: "release", parameters: z.object({ version: z.string() }) }, async ({ version }) => {
  const changes = await collectChanges(version);
  const { approved, by } = await pause({
    key: "approval",
    description: `Publish ${changes}?`,
    input: z.object({ approved: z.boolean(), by: z.string() }),
    timeout: "2h",
  });
  return approved ? await publish(version, by) : `${version} was held back by ${by}`;
});

/** What the person sees: the runs that wait for an answer. */
async function findWaiting(): Promise<string> {
  for (;;) {
    const [run] = (await millraceJson("flow-run", "ls", "--state", "Paused")) as { id: string }[];
    if (run !== undefined) return run.id;
    await wait(100);
  }
}

if (import.meta.main) {
  const released = release({ version: "1.4.0" });

  const id = await findWaiting();
  await millrace("flow-run", "resume", id, "--input", JSON.stringify({ approved: true, by: "Ada" }));

  console.log(await released);
}

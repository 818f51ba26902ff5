import { expect, test } from "vitest";
import type { FlowRun, NewFlowRun } from "../contract/flow-run.ts";
import { systemClock } from "../kit/clock.ts";
import { aFlowRun, aState } from "../store/suite/samples.testsuite.ts";
import { createCommandLine } from "./in-process.testsuite.ts";

const ledger = createCommandLine();

/** Returns its id. */
async function made(more: Partial<NewFlowRun>): Promise<string> {
  const run = aFlowRun({ ownerId: null, ...more });
  await ledger.seed((api) => api.record({ processId: "seed", created: [run] }));
  return run.id;
}

const latest = async (): Promise<string> => (await ledger.json<FlowRun>("flow-run", "inspect", "latest")).id;

test("the latest run is none that a schedule has made for later", async () => {
  const now = systemClock.now();
  const details = { scheduledAt: now + 1e9 };
  const byHand = await made({ states: [aState("COMPLETED", now)] });
  const forLater = await made({ autoScheduled: true, states: [aState("SCHEDULED", now + 1, { details })] });
  expect(await latest()).toBe(byHand);
  expect((await ledger.json<FlowRun>("flow-run", "inspect", forLater)).id).toBe(forLater);
  const submitted = await made({ states: [aState("SCHEDULED", now + 2, { details })] });
  expect(await latest()).toBe(submitted);
  const begun = await made({
    autoScheduled: true,
    states: [aState("RUNNING", now + 3), aState("SCHEDULED", now + 4, { name: "AwaitingRetry", details })],
  });
  expect(await latest()).toBe(begun);
});

/** Limits on tags: slots that tasks of any language share. */

import { expect, test } from "vitest";
import type { Api } from "../contract/api.ts";
import { createDeferred } from "../kit/deferred.ts";
import { sleep } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/create-test-ledger.ts";
import { definitionOf } from "../testing/subjects.ts";
import { openProcesses } from "./processes.testsuite.ts";

async function limitTag(api: Api, tag: string, slots: number): Promise<void> {
  const rest = { active: true, decayPerSecond: 0, taken: 0, takenAt: 0, denied: 0 };
  await api.createObject("concurrency-limit", { name: `tag:${tag}`, slots, ...rest });
}

/** How many hold at once, at the most. */
function gauge(): { readonly most: () => number; readonly hold: (n: number) => Promise<void> } {
  let running = 0;
  let most = 0;
  return {
    most: () => most,
    async hold(n) {
      most = Math.max(most, ++running);
      await sleep("1m", { key: String(n) });
      running -= 1;
    },
  };
}

test("no more tasks with the tag run at once than the limit says, and those without a limit are not held", async () => {
  await using ledger = await createTestLedger();
  await limitTag(ledger.api, "gpu", 2);
  const [limited, free] = [gauge(), gauge()];
  const train = task({ name: "train", tags: ["gpu", "nightly"] }, limited.hold);
  const load = task({ name: "load", tags: ["nightly"] }, free.hold);
  const { run } = await ledger.run(
    flow(async () => Promise.all([...train.map([1, 2, 3, 4, 5]), ...load.map([1, 2, 3])])),
  );
  expect([limited.most(), free.most()]).toEqual([2, 3]);
  const histories = (await ledger.taskRuns(run, "train")).map(({ history }) => history.map(({ name }) => name));
  expect(histories.filter((names) => names.includes("AwaitingConcurrencySlot"))).toHaveLength(3);
  const [limit] = (await ledger.api.listObjects("concurrency-limit")).items;
  expect(limit?.taken).toBe(0);
});

test("a task is held while another language's task has the slot, and tells whose slot it has", async () => {
  await using ledger = await createTestLedger();
  const { api } = ledger;
  await limitTag(api, "gpu", 1);
  const elsewhere = await api.takeSlots({
    limits: ["tag:gpu"],
    slots: 1,
    leaseMs: 600_000,
    holder: "task-run:of-python",
  });
  const holders: string[] = [];
  const train = task({ name: "train", tags: ["gpu"] }, async () => {
    holders.push(...(await api.listObjects("slot-lease")).items.map(({ holder }) => holder));
  });
  const { run } = await ledger.run(
    flow(async () => {
      const training = train.submit();
      await sleep("1m");
      expect(training.state.name).toBe("AwaitingConcurrencySlot");
      if (elsewhere.granted && elsewhere.leaseId !== null) await api.giveBackSlots({ leaseId: elsewhere.leaseId });
      await training;
    }),
  );
  expect(holders).toEqual([`task-run:${(await ledger.taskRuns(run, "train"))[0]?.id}`]);
});

test("a task within one that holds the slot needs none, also in a subflow", async () => {
  await using ledger = await createTestLedger();
  await limitTag(ledger.api, "gpu", 1);
  const inner = task({ name: "inner", tags: ["gpu"] }, async (n: number) => n);
  const below = flow({ name: "below", tags: ["gpu"] }, async () => inner(2));
  const outer = task({ name: "outer", tags: ["gpu"] }, async () => [await inner(1), await below()]);
  expect((await ledger.run(flow(async () => outer()))).value).toEqual([1, 2]);
});

test("a limit of no slots is told, and not waited for", async () => {
  await using ledger = await createTestLedger();
  await limitTag(ledger.api, "gpu", 0);
  const train = task({ name: "train", tags: ["gpu"] }, async () => "trained");
  const { error } = await ledger.run(flow(async () => train()));
  expect(error).toMatchObject({ code: "SLOTS_REFUSED" });
});

test("a task that waits can be cancelled, and one that failed has given its slot back", async () => {
  await using ledger = await createTestLedger();
  await limitTag(ledger.api, "gpu", 1);
  const hold = task({ name: "hold", tags: ["gpu"] }, async () => sleep("1h"));
  const fails = task({ name: "fails", tags: ["gpu"] }, async () => {
    throw new Error("no");
  });
  const { value } = await ledger.run(
    flow(async () => {
      const holding = hold.submit();
      const waiting = hold.withOptions({ name: "waiting" }).submit();
      await sleep("1m");
      waiting.cancel();
      const state = await waiting.wait();
      await holding;
      await Promise.allSettled([fails(), fails()]);
      return state.name;
    }),
  );
  expect(value).toBe("Cancelled");
  expect((await ledger.api.listObjects("slot-lease")).items).toEqual([]);
});

test("two processes share the slots", async () => {
  await using processes = await openProcesses({ time: "real" });
  const first = await processes.open();
  const second = await processes.open();
  await limitTag(first.api, "gpu", 1);
  const events: string[] = [];
  const held = createDeferred<void>();
  const one = task({ name: "one", tags: ["gpu"] }, async (name: string) => {
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
  expect(events).toEqual(["first begins"]);
  held.resolve();
  await Promise.all([running, waiting]);
  expect(events).toEqual(["first begins", "first ends", "second begins", "second ends"]);
});

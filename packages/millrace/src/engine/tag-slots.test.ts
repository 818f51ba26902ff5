/** Limits on tags: slots that tasks of any language share. */

import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Api } from "../contract/api.ts";
import { MillraceError } from "../contract/errors.ts";
import { createDeferred } from "../kit/deferred.ts";
import { sleep } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";
import { openProcesses } from "./processes.testsuite.ts";
import { runTwoAtOnce, turns } from "./two-at-once.testsuite.ts";

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

test("a slot that is taken and given back is told, as Prefect's client tells its own", async () => {
  await using ledger = await createTestLedger();
  await limitTag(ledger.api, "gpu", 1);
  const train = task({ name: "train", tags: ["gpu", "nightly"] }, async () => 1);
  const { run } = await ledger.run(flow({ name: "trains" }, async () => train()));
  const [taskRun] = await ledger.taskRuns(run, "train");
  const [acquired, released, ...more] = (
    await ledger.api.listEvents({ namePrefixes: ["millrace.concurrency-limit.a", "millrace.concurrency-limit.r"] })
  ).items;
  expect([acquired?.name, released?.name, more]).toEqual([
    "millrace.concurrency-limit.acquired",
    "millrace.concurrency-limit.released",
    [],
  ]);
  expect(acquired).toMatchObject({
    flowRunId: run.id,
    taskRunId: taskRun?.id,
    resource: { name: "tag:gpu", "slots-acquired": "1", limit: "1" },
  });
  expect(released?.follows).toBe(acquired?.id);
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
  expect(await runTwoAtOnce({ tags: ["gpu"] }, (api) => limitTag(api, "gpu", 1))).toEqual(turns);
});

describe("a ledger that does not answer for a while", () => {
  const away = (): Error => new MillraceError("DATABASE_UNREACHABLE", { location: "here", reason: "timeout" });
  const gpu = task({ name: "gpu", tags: ["gpu"] }, async (n: number) => n);
  const training = flow({ name: "training" }, async () => Promise.all(gpu.map([1, 2, 3])));

  test("fails no task that has a tag, and is told of once", async () => {
    const warnings: string[] = [];
    const note = (warning: Error): void => void warnings.push(warning.message);
    process.on("warning", note);
    await using processes = await openProcesses();
    let reads = 0;
    const { api } = await processes.open((store) => ({
      ...store,
      async findObjects(kind, ...rest) {
        if (kind === "concurrency-limit" && ++reads <= 3) throw away();
        return store.findObjects(kind, ...rest);
      },
    }));
    const later = flow({ name: "later" }, async () => {
      for (const n of [1, 2, 3, 4, 5]) {
        await gpu(n);
        await sleep("6s", { key: String(n) });
      }
    });
    await later();
    expect((await api.listFlowRuns({})).items.map(({ state }) => state.name)).toEqual(["Completed"]);
    expect(reads).toBe(5);
    await new Promise(setImmediate);
    process.off("warning", note);
    expect(warnings.filter((message) => message.includes("Limits on tags"))).toHaveLength(1);
  });

  test("is asked for slots again, and those of an answer that was lost are not kept for nobody", async () => {
    await using processes = await openProcesses();
    const fates = ["before", "after", "before", "after", "none"];
    const { api } = await processes.open((store) => ({
      ...store,
      async changeLimits(...change) {
        const fate = fates.shift();
        if (fate === "before") throw away();
        const outcome = await store.changeLimits(...change);
        if (fate === "after") throw away();
        return outcome;
      },
    }));
    await limitTag(api, "gpu", 1);
    expect(await training()).toEqual([1, 2, 3]);
    const [limit] = (await api.listObjects("concurrency-limit")).items;
    expect(limit?.taken).toBe(0);
    expect((await api.listObjects("slot-lease")).items).toEqual([]);
  });

  test("gets back later what it could not take back", async () => {
    await using processes = await openProcesses();
    let refusals = 3;
    const { api } = await processes.open((store) => ({
      ...store,
      async endSlotLease(end) {
        if (refusals-- > 0) throw away();
        return store.endSlotLease(end);
      },
    }));
    await limitTag(api, "gpu", 1);
    await flow({ name: "finished" }, async () => gpu(1))();
    while ((await api.listObjects("slot-lease")).items.length > 0) await delay(5);
    expect(refusals).toBe(-1);
  });

  test("while a task waits for its next attempt, fails the task", async () => {
    await using processes = await openProcesses();
    let isAway = false;
    const { api } = await processes.open((store) => ({
      ...store,
      async changeLimits(...change) {
        if (isAway) throw away();
        return store.changeLimits(...change);
      },
    }));
    await limitTag(api, "gpu", 1);
    const fails = task({ name: "fails", tags: ["gpu"], retries: 1, retryDelay: "1s" }, async () => {
      isAway = true;
      throw new Error("no");
    });
    await expect(flow({ name: "failing" }, async () => fails())()).rejects.toMatchObject({
      code: "DATABASE_UNREACHABLE",
    });
    const { items } = await processes.store.findTaskRuns({}, {});
    expect(items.map(({ state, error }) => [state.name, error?.code])).toEqual([["Failed", "DATABASE_UNREACHABLE"]]);
  });
});

test("limits are read however many there are", async () => {
  await using processes = await openProcesses();
  const { api } = await processes.open((store) => ({
    ...store,
    // Pages are small here.
    findObjects: (kind, search, page) => store.findObjects(kind, search, { ...page, limit: 2 }),
  }));
  for (const tag of ["a", "b", "c", "d", "gpu"]) await limitTag(api, tag, 1);
  const load = gauge();
  const gpu = task({ name: "gpu", tags: ["gpu"] }, load.hold);
  await flow({ name: "training" }, async () => Promise.all(gpu.map([1, 2, 3])))();
  expect(load.most()).toBe(1);
});

describe("the lease of slots", () => {
  test("is taken again when it has ended all the same, which is told", async () => {
    await using ledger = await createTestLedger();
    const { api } = ledger;
    await limitTag(api, "gpu", 1);
    const warned = new Promise<string>((resolve) => {
      process.on("warning", ({ message }) => {
        if (message.includes("lost its slots")) resolve(message);
      });
    });
    const leases: string[] = [];
    const note = async (): Promise<void> =>
      void leases.push(...(await api.listObjects("slot-lease")).items.map(({ id }) => id));
    const train = task({ name: "train", tags: ["gpu"] }, async () => {
      await note();
      await api.giveBackSlots({ leaseId: leases[0] ?? "" });
      while (leases.length === 1) {
        await delay(5);
        await note();
      }
    });
    await ledger.run(flow(async () => train()));
    expect(await warned).toContain("`gpu`");
    expect(new Set(leases).size).toBe(2);
    expect((await api.listObjects("slot-lease")).items).toEqual([]);
  });

  test("ends with its process", async () => {
    await using processes = await openProcesses();
    const first = await processes.open();
    const second = await processes.open();
    await limitTag(first.api, "gpu", 1);
    const begun = createDeferred<void>();
    const stays = task({ name: "stays", tags: ["gpu"] }, async () => {
      begun.resolve();
      return new Promise<never>(() => undefined);
    });
    processes.enter(first);
    const dead = flow({ name: "dead" }, async () => stays())();
    dead.catch(() => undefined);
    await begun.promise;
    await processes.store.deleteProcess(first.engine.lease.id);
    processes.enter(second);
    const before = processes.clock.now();
    const next = task({ name: "next", tags: ["gpu"] }, async () => processes.clock.now());
    expect(await next()).toBeLessThan(before + 30_000);
  });
});

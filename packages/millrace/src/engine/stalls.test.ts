/** Runs that can never end: they are told so, and do not hang. */

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FlowRun } from "../contract/flow-run.ts";
import type { TaskFuture } from "../contract/runtime.ts";
import { sleep } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { transaction } from "../sdk/transactions.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";
import { openProcesses, resumeIn, type TestProcesses } from "./processes.testsuite.ts";

const never = new Promise<never>(() => undefined);
const stuck = task({ name: "stuck" }, async () => never);

let processes: TestProcesses;
beforeEach(async () => {
  processes = await openProcesses();
});
afterEach(async () => processes[Symbol.asyncDispose]());

/** Calls it, waits until it hangs, and does what the process does that sees it. */
async function stalled(call: () => Promise<unknown>, rounds = 1): Promise<{ error: unknown; runs: FlowRun[] }> {
  const { engine, api } = await processes.open();
  const ended = call().catch((error: unknown) => error);
  for (let round = 0; round < rounds; round++) {
    await processes.untilQuiet();
    expect(engine.stall()).toBe(true);
  }
  const error = await ended;
  expect(engine.stall()).toBe(false);
  return { error, runs: [...(await api.listFlowRuns({}, "created-asc")).items] };
}

describe("a task that waits for its own end", () => {
  const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

  test.each(["await", "result", "all", "wait"] as const)("directly, by %s, fails with FUTURE_CYCLE", async (how) => {
    const own: TaskFuture<unknown>[] = [];
    const selfish = task({ name: "selfish" }, async (): Promise<unknown> => {
      await turn();
      const [future] = own;
      switch (how) {
        case "await":
          return future;
        case "result":
          return future?.result();
        case "all":
          return Promise.all([future, future]);
        case "wait":
          return future?.wait();
      }
    });
    const waiting = flow(async () => {
      own[0] = selfish.submit();
      return own[0];
    });
    const { error, runs } = await stalled(() => waiting());
    expect(error).toMatchObject({ code: "FUTURE_CYCLE", data: { cycle: "selfish → selfish" } });
    expect(runs.map(({ state }) => state.name)).toEqual(["Failed"]);
  });

  test("around through other tasks, fails with FUTURE_CYCLE, which names the way", async () => {
    const futures = new Map<string, TaskFuture<unknown>>();
    const one = task({ name: "one" }, async (other: string): Promise<unknown> => {
      await turn();
      return futures.get(other);
    });
    const ring = flow(async () => {
      futures.set("a", one.withOptions({ name: "a" }).submit("b"));
      futures.set("b", one.withOptions({ name: "b" }).submit("c"));
      futures.set("c", one.withOptions({ name: "c" }).submit("a"));
      return futures.get("a");
    });
    const { error } = await stalled(() => ring());
    expect(error).toMatchObject({ code: "FUTURE_CYCLE", data: { cycle: "c → a → b → c" } });
  });

  test("around through the inputs of a task that it submits, fails with FUTURE_CYCLE", async () => {
    let own: TaskFuture<unknown> | undefined;
    const take = task({ name: "take" }, async (value: unknown) => value);
    const give = task({ name: "give" }, async (): Promise<unknown> => {
      await turn();
      return take.submit(own);
    });
    const giving = flow(async () => {
      own = give.submit();
      return own;
    });
    const { error } = await stalled(() => giving());
    expect(error).toMatchObject({ code: "FUTURE_CYCLE", data: { cycle: "give → take → give" } });
  });

  test("is warned of at once", async () => {
    let own: TaskFuture<unknown> | undefined;
    const selfish = task({ name: "selfish" }, async (): Promise<unknown> => {
      await turn();
      return own;
    });
    await stalled(() =>
      flow(async () => {
        own = selfish.submit();
        return own;
      })(),
    );
    const { items } = await processes.store.findLogs({}, {});
    expect(items.map(({ message }) => message)).toEqual([
      "selfish waits for its own end: selfish → selfish. The run ends only if one of them stops waiting.",
    ]);
  });

  test("for a time that it gives, is told when that is over", async () => {
    await using ledger = await createTestLedger();
    let own: TaskFuture<unknown> | undefined;
    const patient = task({ name: "patient" }, async () => {
      await sleep(1);
      return own?.result({ timeoutMs: 1000 }).catch((error: { code: string }) => error.code);
    });
    const { value } = await ledger.run(
      flow(async () => {
        own = patient.submit();
        return own;
      }),
    );
    expect(value).toBe("TIMED_OUT");
  });

  test("and has stopped waiting when the other does, goes on", async () => {
    await using ledger = await createTestLedger();
    const futures: TaskFuture<unknown>[] = [];
    const impatient = task({ name: "impatient" }, async () => {
      await turn();
      await Promise.race([futures[1], sleep("1s")]);
      await sleep("1m");
      return "went on";
    });
    const late = task({ name: "late" }, async () => {
      await sleep("30s");
      return futures[0];
    });
    const racing = flow(async () => {
      futures.push(impatient.submit(), late.submit());
      return Promise.all(futures);
    });
    expect((await ledger.run(racing)).value).toEqual(["went on", "went on"]);
  });
});

test("tasks that await each other's ends in turn are no cycle", async () => {
  await using ledger = await createTestLedger();
  const one = task({ name: "one" }, async () => 1);
  const outer = task({ name: "outer" }, async () => {
    const futures = [one.submit(), one.submit()];
    const values = await Promise.all(futures);
    return [...values, await futures[0], ...(await Promise.all(futures.map((future) => future.result())))];
  });
  const { value } = await ledger.run(flow(async () => Promise.all([outer.submit(), outer.submit()])));
  expect(value).toEqual([
    [1, 1, 1, 1, 1],
    [1, 1, 1, 1, 1],
  ]);
});

describe("a run in which nothing goes on", () => {
  test("ends Crashed with RUN_STALLED, which names what it waits for; it can be resumed", async () => {
    let isMended = false;
    const pipeline = flow({ name: "pipeline" }, async () => (isMended ? 1 : stuck()));
    const { error, runs } = await stalled(() => pipeline());
    expect(error).toMatchObject({ code: "RUN_STALLED", data: { kind: "Flow run", waiting: "`stuck`" } });
    const [run] = runs;
    expect(run).toMatchObject({ state: { type: "CRASHED" }, error: { code: "RUN_STALLED" } });
    const { items } = await processes.store.findTaskRuns({}, {});
    expect(items.map(({ taskName, state }) => [taskName, state.type])).toEqual([["stuck", "PENDING"]]);
    isMended = true;
    expect(await resumeIn(await processes.open(), { flow: pipeline, id: run?.id ?? "" })).toBe(1);
  });

  test("ends with its subflows, whose calls are named", async () => {
    const inner = flow({ name: "inner" }, async () => Promise.all([stuck(), stuck.withOptions({ name: "too" })()]));
    const { error, runs } = await stalled(() => flow({ name: "outer" }, async () => inner())());
    expect(error).toMatchObject({ code: "RUN_STALLED", data: { waiting: "`stuck`, `too`" } });
    expect(runs.map(({ flowName, state }) => [flowName, state.type])).toEqual([
      ["outer", "CRASHED"],
      ["inner", "CRASHED"],
    ]);
  });

  test("is stalled where the flow's own function never ends", async () => {
    const { error } = await stalled(() => flow(async () => never)());
    expect(error).toMatchObject({ code: "RUN_STALLED", data: { waiting: "its own function" } });
  });

  test("is stalled where a hook never ends, which is waited for no longer", async () => {
    const hooked = task({ name: "hooked", onCompletion: async () => never }, async () => 1);
    const { error, runs } = await stalled(() => flow(async () => hooked())(), 2);
    expect(error).toMatchObject({ code: "RUN_STALLED", data: { waiting: "a hook" } });
    expect(runs).toMatchObject([{ state: { type: "CRASHED" }, error: { code: "RUN_STALLED" } }]);
  });

  test("undoes no transaction that it was in", async () => {
    const undone: string[] = [];
    const step = task({ name: "step", onRollback: () => void undone.push("step") }, async () => 1);
    const shipping = flow(async () =>
      transaction({}, async () => {
        await step();
        await stuck();
      }),
    );
    expect((await stalled(() => shipping())).error).toMatchObject({ code: "RUN_STALLED" });
    expect(undone).toEqual([]);
  });

  test("is not retried: it would only stall again", async () => {
    const { runs } = await stalled(() => flow({ retries: 3 }, async () => stuck.withOptions({ retries: 3 })())());
    expect(runs.map(({ history }) => history.map(({ name }) => name))).toEqual([["Pending", "Running", "Crashed"]]);
  });

  test("a task outside any run is told too, and is Cancelled", async () => {
    const { error } = await stalled(() => stuck());
    expect(error).toMatchObject({ code: "RUN_STALLED", data: { kind: "Task", name: "stuck" } });
    const { items } = await processes.store.findTaskRuns({}, {});
    expect(items.map(({ state }) => state.type)).toEqual(["CANCELLED"]);
  });
});

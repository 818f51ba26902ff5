import { afterAll, describe, expect, test } from "vitest";
import { openCommandHost } from "../app/command-host.ts";
import { asCompleted, context, flow, task, type TaskFuture, waitAll } from "../exports/index.ts";

const host = await openCommandHost();
afterAll(() => host[Symbol.asyncDispose]());

/** Tasks that end when the test says so. */
function createGates(): {
  readonly gated: ReturnType<typeof task<[name: string], Promise<string>>>;
  readonly open: (name: string) => void;
} {
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const gateOf = (name: string): PromiseWithResolvers<void> => {
    const gate = gates.get(name) ?? Promise.withResolvers<void>();
    gates.set(name, gate);
    return gate;
  };
  return {
    gated: task({ name: "gated" }, async (name: string) => {
      await gateOf(name).promise;
      if (name.startsWith("bad")) throw new Error(name);
      return name;
    }),
    open: (name) => gateOf(name).resolve(),
  };
}

describe("asCompleted()", () => {
  test("gives futures in the order in which they end, failed ones too, with their places", async () => {
    const { gated, open } = createGates();
    const order = ["c", "bad", "a"];
    const racing = flow({ name: "racing" }, async () => {
      const futures = ["a", "bad", "c"].map((name) => gated.submit(name));
      const seen: unknown[] = [];
      open("c");
      for await (const { future, index } of asCompleted(futures)) {
        seen.push([index, future.state.type]);
        const next = order[seen.length];
        if (next !== undefined) open(next);
      }
      return seen;
    });
    await expect(racing()).resolves.toEqual([
      [2, "COMPLETED"],
      [1, "FAILED"],
      [0, "COMPLETED"],
    ]);
  });

  test("times out when not all have ended, and gives those that have", async () => {
    const { gated, open } = createGates();
    const slow = flow({ name: "slow" }, async () => {
      const futures = [gated.submit("a"), gated.submit("b")];
      open("b");
      const seen: string[] = [];
      try {
        for await (const { future } of asCompleted(futures, { timeout: 200 })) seen.push(await future);
      } catch (error) {
        seen.push((error as { code: string }).code);
      }
      open("a");
      return seen;
    });
    await expect(slow()).resolves.toEqual(["b", "TIMED_OUT"]);
  });

  test("of none ends at once", async () => {
    const seen: unknown[] = [];
    for await (const each of asCompleted([])) seen.push(each);
    expect(seen).toEqual([]);
  });

  test("may be left early", async () => {
    const { gated, open } = createGates();
    const first = flow({ name: "first" }, async () => {
      const futures = [gated.submit("a"), gated.submit("b")];
      open("b");
      for await (const { future } of asCompleted(futures, { timeout: "1h" })) {
        open("a");
        return future;
      }
      return null;
    });
    await expect(first()).resolves.toBe("b");
  });
});

describe("waitAll()", () => {
  test("waits for all, and throws for none", async () => {
    const { gated, open } = createGates();
    const all = flow({ name: "all" }, async () => {
      const futures = ["a", "bad", "c"].map((name) => gated.submit(name));
      for (const name of ["c", "bad", "a"]) open(name);
      const { done, notDone } = await waitAll(futures);
      return { done: done.map((future) => future.state.type), notDone: notDone.length };
    });
    await expect(all()).resolves.toEqual({ done: ["COMPLETED", "FAILED", "COMPLETED"], notDone: 0 });
  });

  test("tells apart what has ended when the time is over", async () => {
    const { gated, open } = createGates();
    const some = flow({ name: "some" }, async () => {
      const futures = ["a", "b"].map((name) => gated.submit(name));
      open("b");
      await futures[1];
      const { done, notDone } = await waitAll(futures, { timeout: 5 });
      open("a");
      const places = (of: readonly TaskFuture[]): number[] => of.map((future) => futures.indexOf(future as never));
      return { done: places(done), notDone: places(notDone) };
    });
    await expect(some()).resolves.toEqual({ done: [1], notDone: [0] });
  });
});

describe("a task submitted outside any flow", () => {
  test("has a future, whose run stands alone", async () => {
    const alone = task({ name: "alone" }, async (name: string) => ({ name, flowRun: context().flowRun }));
    const future = alone.submit("a");
    await expect(future).resolves.toEqual({ name: "a", flowRun: null });
    expect(future.state).toMatchObject({ type: "COMPLETED", name: "Completed" });
    expect(await host.api.readTaskRun(future.taskRunId ?? "")).toMatchObject({ taskName: "alone", flowRunId: null });
  });
});

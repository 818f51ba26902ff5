import { describe, expect, test } from "vitest";
import { context, withTags } from "../sdk/context.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";

const double = task({ name: "double" }, async (n: number) => n * 2);

describe("a flow called in a flow", () => {
  const child = flow({ name: "child", tags: ["small"] }, async ({ n }: { n: number }) => double(n));

  test("has a run of its own, which a task run stands for in its parent", async () => {
    await using ledger = await createTestLedger();
    const { run, value } = await ledger.run(flow({ name: "parent" }, async () => child({ n: 4 })));
    expect(value).toBe(8);
    const [childRun] = await ledger.runs({ parentRunIds: [run.id] });
    const [call] = await ledger.taskRuns(run);
    expect(childRun).toMatchObject({
      flowName: "child",
      parentRunId: run.id,
      rootRunId: run.id,
      parentTaskRunId: call?.id,
      parameters: '{"n":4}',
      state: { name: "Completed" },
    });
    expect(call).toMatchObject({
      kind: "flow",
      taskName: "child",
      childFlowRunId: childRun?.id,
      inputPreview: "{ n: 4 }",
    });
    expect((await ledger.taskRuns(childRun?.id ?? "")).map(({ taskName }) => taskName)).toEqual(["double"]);
  });

  test("can be called in a task, and many at once", async () => {
    await using ledger = await createTestLedger();
    const each = task({ name: "each" }, async (n: number) => child({ n }));
    const { run, value } = await ledger.run(flow({ name: "parent" }, async () => Promise.all(each.map([1, 2, 3]))));
    expect(value).toEqual([2, 4, 6]);
    const runs = await ledger.runs({ parentRunIds: [run.id] });
    expect(new Set(runs.map(({ id }) => id)).size).toBe(3);
  });

  test("sees its parent in its context, and its tags", async () => {
    await using ledger = await createTestLedger();
    const seen: unknown[] = [];
    const looking = flow({ name: "looking", tags: ["inner"] }, async () => {
      const { flowRun, taskRun, tags } = context();
      seen.push(flowRun?.parentRunId, flowRun?.rootRunId, taskRun, tags);
    });
    const { run } = await ledger.run(
      flow({ name: "parent", tags: ["outer"] }, async () => withTags(["extra"], async () => looking())),
    );
    expect(seen).toEqual([run.id, run.id, null, ["outer", "extra", "inner"]]);
  });

  test("hands its failure to its parent, which may catch it", async () => {
    await using ledger = await createTestLedger();
    const broken = flow({ name: "broken" }, async () => {
      throw new RangeError("child's fault");
    });
    const { run, value } = await ledger.run(
      flow({ name: "parent" }, async () => broken().catch((error: Error) => [error.name, error.message])),
    );
    expect(value).toEqual(["RangeError", "child's fault"]);
    expect(run.state.name).toBe("Completed");
    expect((await ledger.taskRuns(run))[0]).toMatchObject({
      state: { name: "Failed" },
      error: { message: "child's fault" },
    });
  });

  test("may call itself", async () => {
    await using ledger = await createTestLedger();
    const factorial: (given: { n: number }) => Promise<number> = flow(
      { name: "factorial" },
      async ({ n }: { n: number }): Promise<number> => (n === 0 ? 1 : n * (await factorial({ n: n - 1 }))),
    );
    expect(await factorial({ n: 4 })).toBe(24);
    expect(await ledger.runs()).toHaveLength(5);
  });
});

describe("a resumed parent", () => {
  test("takes the result of a child that completed", async () => {
    await using ledger = await createTestLedger();
    let childRuns = 0;
    const child = flow({ name: "child" }, async () => ++childRuns);
    let isFirst = true;
    const { run } = await ledger.run(
      flow({ name: "parent" }, async () => {
        const value = await child();
        if (isFirst) {
          isFirst = false;
          await ledger.crash();
        }
        return value;
      }),
    );
    expect((await ledger.resume(run)).value).toBe(1);
    expect(childRuns).toBe(1);
  });

  test("resumes a child that had not ended, in the same run", async () => {
    await using ledger = await createTestLedger();
    const ran: number[] = [];
    const step = task({ name: "step" }, async (n: number) => {
      ran.push(n);
      return n;
    });
    let isFirst = true;
    const child = flow({ name: "child" }, async () => {
      const first = await step(1);
      if (isFirst) {
        isFirst = false;
        await ledger.crash();
      }
      return first + (await step(2));
    });
    const { run } = await ledger.run(flow({ name: "parent" }, async () => child()));
    const before = await ledger.runs({ parentRunIds: [run.id] });
    expect(before[0]?.state.name).toBe("Crashed");
    expect((await ledger.resume(run)).value).toBe(3);
    expect(ran).toEqual([1, 2]);
    const after = await ledger.runs({ parentRunIds: [run.id] });
    expect(after.map(({ id, runCount, state }) => [id, runCount, state.name])).toEqual([
      [before[0]?.id, 2, "Completed"],
    ]);
  });

  test("keeps the failure of a child as it was", async () => {
    await using ledger = await createTestLedger();
    let tries = 0;
    const child = flow({ name: "child" }, async () => {
      throw new Error(`try ${++tries}`);
    });
    let isFirst = true;
    const { run } = await ledger.run(
      flow({ name: "parent" }, async () => {
        const message = await child().catch((error: Error) => error.message);
        if (isFirst) {
          isFirst = false;
          await ledger.crash();
        }
        return message;
      }),
    );
    expect((await ledger.resume(run)).value).toBe("try 1");
    expect(tries).toBe(1);
  });

  test("computes again what a child gave and nobody could keep", async () => {
    await using ledger = await createTestLedger();
    let opened = 0;
    const load = task({ name: "load" }, async () => "rows");
    const open = flow({ name: "open" }, async () => {
      const rows = await load();
      opened++;
      return { read: () => rows };
    });
    let isFirst = true;
    const { run } = await ledger.run(
      flow({ name: "parent" }, async () => {
        const connection = await open();
        if (isFirst) {
          isFirst = false;
          await ledger.crash();
        }
        return connection.read();
      }),
    );
    expect(await ledger.resume(run)).toMatchObject({ value: "rows", error: null });
    expect(opened).toBe(2);
  });
});

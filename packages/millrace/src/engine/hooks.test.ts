import { describe, expect, test } from "vitest";
import type { FlowHook, TaskHook } from "../contract/definitions.ts";
import { flow } from "../sdk/flow.ts";
import { logger } from "../sdk/context.ts";
import { task } from "../sdk/task.ts";
import { sleep } from "../sdk/durable.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";

/** Hooks that note what they are told of. */
function noting() {
  const told: string[] = [];
  const onFlow =
    (name: string): FlowHook =>
    ({ flow: flowName, state, run }) =>
      void told.push(`${name} ${flowName} ${state.name} ${run.state.name}`);
  const onTask =
    (name: string): TaskHook =>
    ({ task: taskName, state, run }) =>
      void told.push(`${name} ${taskName} ${state.name} attempt ${run.attempt}`);
  return {
    told,
    flowHooks: {
      onRunning: onFlow("running"),
      onCompletion: onFlow("completion"),
      onFailure: onFlow("failure"),
      onCancellation: onFlow("cancellation"),
      onCrashed: onFlow("crashed"),
    },
    taskHooks: { onRunning: onTask("running"), onCompletion: onTask("completion"), onFailure: onTask("failure") },
  };
}

describe("flow hooks", () => {
  test("are told of the states that are recorded", async () => {
    await using ledger = await createTestLedger();
    const { told, flowHooks } = noting();
    await ledger.run(flow({ name: "good", ...flowHooks }, async () => 1));
    await ledger.run(
      flow({ name: "bad", ...flowHooks }, async () => {
        throw new Error("bad");
      }),
    );
    expect(told).toEqual([
      "running good Running Running",
      "completion good Completed Completed",
      "running bad Running Running",
      "failure bad Failed Failed",
    ]);
  });

  test("are told of a cancellation", async () => {
    await using ledger = await createTestLedger();
    const { told, flowHooks } = noting();
    const { id, ended } = await ledger.start(
      flow({ name: "stopped", ...flowHooks }, async () => new Promise(() => undefined)),
    );
    await ledger.cancel(id);
    await ended;
    expect(told.at(-1)).toBe("cancellation stopped Cancelled Cancelled");
  });

  test("are a list, where there are several, and are waited for", async () => {
    await using ledger = await createTestLedger();
    const done: string[] = [];
    const slowly = (name: string) => async () => {
      await sleep("1h");
      done.push(name);
    };
    await ledger.run(flow({ name: "several", onCompletion: [slowly("one"), slowly("two")] }, async () => 1));
    expect(done.toSorted()).toEqual(["one", "two"]);
  });

  test("that throw change nothing, and are told in the log", async () => {
    await using ledger = await createTestLedger();
    const broken = (): never => {
      throw new Error("broken hook");
    };
    const { run, value } = await ledger.run(
      flow(
        { name: "sturdy", onRunning: broken, onCompletion: [broken, async () => Promise.reject(new Error("late"))] },
        async () => 5,
      ),
    );
    expect(value).toBe(5);
    expect(run.state.name).toBe("Completed");
    expect((await ledger.logs(run)).map(({ level, message }) => `${level} ${message}`).toSorted()).toEqual([
      "error A hook of sturdy failed: broken hook",
      "error A hook of sturdy failed: broken hook",
      "error A hook of sturdy failed: late",
    ]);
  });

  test("may log", async () => {
    await using ledger = await createTestLedger();
    const { run } = await ledger.run(
      flow({ name: "logging", onCompletion: () => logger().info("in a hook") }, async () => 1),
    );
    expect((await ledger.logs(run)).map(({ message }) => message)).toEqual(["in a hook"]);
  });
});

describe("task hooks", () => {
  test("are told of the beginning of each attempt, and of the end", async () => {
    await using ledger = await createTestLedger();
    const { told, taskHooks } = noting();
    let attempts = 0;
    const flaky = task({ name: "flaky", retries: 1, ...taskHooks }, async () => {
      if (++attempts === 1) throw new Error("again");
    });
    const bad = task({ name: "bad", ...taskHooks }, async () => {
      throw new Error("bad");
    });
    await ledger.run(
      flow(async () => {
        await flaky();
        await bad().catch(() => undefined);
      }),
    );
    expect(told).toEqual([
      "running flaky Running attempt 1",
      "running flaky Retrying attempt 2",
      "completion flaky Completed attempt 2",
      "running bad Running attempt 1",
      "failure bad Failed attempt 1",
    ]);
  });

  test("are not called again for what is delivered from the record", async () => {
    await using ledger = await createTestLedger();
    const { told, taskHooks } = noting();
    const good = task({ name: "good", ...taskHooks }, async () => 1);
    let isFirst = true;
    const { run } = await ledger.run(
      flow({ name: "resumed" }, async () => {
        await good();
        if (isFirst) {
          isFirst = false;
          await ledger.crash();
        }
      }),
    );
    await ledger.resume(run);
    expect(told).toEqual(["running good Running attempt 1", "completion good Completed attempt 1"]);
  });

  test("that throw change nothing, and are told in the log", async () => {
    await using ledger = await createTestLedger();
    const broken = (): never => {
      throw new Error("broken hook");
    };
    const sturdy = task({ name: "sturdy", onRunning: broken, onCompletion: broken }, async () => 5);
    const { run, value } = await ledger.run(flow(async () => sturdy()));
    expect(value).toBe(5);
    expect((await ledger.logs(run)).map(({ message }) => message)).toEqual([
      "A hook of sturdy failed: broken hook",
      "A hook of sturdy failed: broken hook",
    ]);
  });

  test("outside of a transaction onCommit runs at once", async () => {
    await using ledger = await createTestLedger();
    const events: unknown[] = [];
    const write = task(
      { name: "write", onCommit: ({ result, key }) => void events.push([result, key]) },
      async () => "file",
    );
    await ledger.run(flow(async () => write()));
    expect(events).toEqual([["file", null]]);
  });
});

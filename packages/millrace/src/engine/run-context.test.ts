import { describe, expect, test } from "vitest";
import { context, currentContext, withTags } from "../sdk/context.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";

describe("context()", () => {
  test("tells a flow of its run", async () => {
    await using ledger = await createTestLedger();
    const looking = flow({ name: "looking", version: "7", tags: ["a"] }, async (_parameters: { n: number }) => {
      const { flowRun, taskRun, tags, signal } = context();
      return { ...flowRun, taskRun, runTags: tags, isAborted: signal.aborted };
    });
    const { run, value } = await ledger.run(looking, { n: 1 });
    expect(value).toEqual({
      id: run.id,
      name: run.name,
      flowName: "looking",
      parameters: { n: 1 },
      tags: ["a"],
      attempt: 1,
      scheduledAt: Date.UTC(2026, 0, 1),
      deploymentId: null,
      parentRunId: null,
      rootRunId: run.id,
      version: "7",
      taskRun: null,
      runTags: ["a"],
      isAborted: false,
    });
  });

  test("tells a task of its run, and of the flow run it is in", async () => {
    await using ledger = await createTestLedger();
    const looking = task({ name: "looking", runName: "look at {what}", tags: ["t"] }, async (what: string) => {
      const { flowRun, taskRun } = context();
      return { what, flowRunId: flowRun?.id, ...taskRun };
    });
    const { run, value } = await ledger.run(flow(async () => looking("rows")));
    const [record] = await ledger.taskRuns(run);
    expect(value).toMatchObject({
      id: record?.id,
      flowRunId: run.id,
      parentId: null,
      taskName: "looking",
      name: "look at rows",
      attempt: 1,
      tags: ["t"],
      idempotencyKey: record?.id,
    });
    expect(record?.name).toBe("look at rows");
  });

  test("is there through timers, promises and callbacks, and not outside", async () => {
    await using ledger = await createTestLedger();
    const id = (): string | undefined => currentContext()?.taskRun?.taskName;
    const deep = task({ name: "deep" }, async () => {
      const seen = [id()];
      await new Promise<void>((resolve) => void setImmediate(resolve));
      seen.push(id());
      await Promise.resolve().then(() => seen.push(id()));
      return seen;
    });
    expect((await ledger.run(flow(async () => deep()))).value).toEqual(["deep", "deep", "deep"]);
    expect(id()).toBe(undefined);
    expect(() => context()).toThrow(expect.objectContaining({ code: "CONTEXT_MISSING" }));
  });

  test("of tasks at one time is each its own", async () => {
    await using ledger = await createTestLedger();
    const named = task({ name: "named", runName: "run {n}" }, async (n: number) => {
      await new Promise<void>((resolve) => void setImmediate(resolve));
      return `${n} ${context().taskRun?.name}`;
    });
    const { value } = await ledger.run(flow(async () => Promise.all(named.map([1, 2, 3]))));
    expect(value).toEqual(["1 run 1", "2 run 2", "3 run 3"]);
  });
});

describe("tags", () => {
  test("of options and of withTags() are joined, each once", async () => {
    await using ledger = await createTestLedger();
    const tagged = task({ name: "tagged", tags: ["own", "shared"] }, async () => context().tags);
    const { run, value } = await ledger.run(
      flow({ name: "outer", tags: ["flow", "shared"] }, async () => withTags(["with"], async () => tagged())),
    );
    expect(value).toEqual(["flow", "shared", "with", "own"]);
    expect((await ledger.taskRuns(run))[0]?.tags).toEqual(["flow", "shared", "with", "own"]);
    expect(run.tags).toEqual(["flow", "shared"]);
  });

  test("of withTags() hold for what its body starts, and nothing else", async () => {
    await using ledger = await createTestLedger();
    const tagged = task({ name: "tagged" }, async () => context().tags);
    const { value } = await ledger.run(
      flow(async () => {
        const inside = withTags(["x"], async () => withTags(["y"], async () => tagged()));
        return [await inside, await tagged()];
      }),
    );
    expect(value).toEqual([["x", "y"], []]);
  });

  test("around a flow are the run's", async () => {
    await using _ = await createTestLedger();
    const plain = flow({ name: "plain" }, async () => context().flowRun?.tags);
    expect(await withTags(["nightly"], async () => plain())).toEqual(["nightly"]);
  });
});

describe("what a run records of itself", () => {
  test("its version is a hash of its code, unless one is given", async () => {
    await using ledger = await createTestLedger();
    const one = await ledger.run(flow({ name: "a" }, async () => 1));
    const same = await ledger.run(flow({ name: "b" }, async () => 1));
    const other = await ledger.run(flow({ name: "c" }, async () => 2));
    expect(one.run.version).toMatch(/^[0-9a-f]{16}$/);
    expect(same.run.version).toBe(one.run.version);
    expect(other.run.version).not.toBe(one.run.version);
  });

  test("its entrypoint, environment, name and times", async () => {
    await using ledger = await createTestLedger();
    const named = flow({ name: "named", runName: "run {n}" }, async ({ n }: { n: number }) => n);
    const { run } = await ledger.run(named, { n: 3 });
    expect(run.name).toBe("run 3");
    expect(run.entrypoint).toEqual({ module: import.meta.url, export: null });
    expect(run.environment.node).toBe(process.version);
    expect(run).toMatchObject({ runCount: 1, epoch: 1, createdAt: Date.UTC(2026, 0, 1), idempotencyKey: null });
    expect(run.endedAt ?? 0).toBeGreaterThanOrEqual(run.startedAt ?? Number.POSITIVE_INFINITY);
  });
});

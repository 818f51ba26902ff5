import { afterAll, describe, expect, test } from "vitest";
import { openCommandHost } from "../app/command-host.ts";
import { context, currentContext, flow, logger, task, withTags } from "../exports/index.ts";

test("before anything has run there is no context", () => {
  expect(currentContext()).toBeUndefined();
  expect(() => context()).toThrow(expect.objectContaining({ code: "CONTEXT_MISSING" }));
  expect(() => logger()).toThrow("`logger()` was called outside a flow or task.");
  expect(withTags(["nightly"], () => 3)).toBe(3);
});

describe("in a run", async () => {
  const host = await openCommandHost();
  afterAll(() => host[Symbol.asyncDispose]());

  test("the context tells of the flow run and the task run", async () => {
    const look = task({ name: "look", tags: ["mine"] }, async (day: string) => {
      const { flowRun, taskRun, tags } = context();
      return { day, flow: flowRun?.flowName, parameters: flowRun?.parameters, task: taskRun?.taskName, tags };
    });
    const looking = flow({ name: "looking", tags: ["nightly"] }, async ({ day }: { day: string }) => {
      const { flowRun, taskRun } = context();
      return { seen: await look(day), attempt: flowRun?.attempt, taskRun, root: flowRun?.rootRunId === flowRun?.id };
    });
    await expect(looking({ day: "2026-11-22" })).resolves.toEqual({
      seen: {
        day: "2026-11-22",
        flow: "looking",
        parameters: { day: "2026-11-22" },
        task: "look",
        tags: expect.arrayContaining(["mine"]),
      },
      attempt: 1,
      taskRun: null,
      root: true,
    });
    expect(currentContext()).toBeUndefined();
  });

  test("an idempotency key is the same in each attempt, and the last error is told", async () => {
    const seen: unknown[] = [];
    const flaky = task({ name: "flaky", retries: 1 }, async () => {
      const { taskRun } = context();
      seen.push([taskRun?.attempt, taskRun?.idempotencyKey, (taskRun?.lastError as Error | undefined)?.message]);
      if (taskRun?.attempt === 1) throw new Error("not yet");
      return taskRun?.idempotencyKey;
    });
    const key = await flow({ name: "flaky" }, () => flaky())();
    expect(seen).toEqual([
      [1, key, undefined],
      [2, key, "not yet"],
    ]);
  });

  test("the logger writes for the task, or for the flow", async () => {
    const speak = task({ name: "speak" }, async () => {
      logger().warn("in the task", { rows: 3 });
      logger().debug("not recorded: it is below the level");
      return context().taskRun?.id;
    });
    const speaking = flow({ name: "speaking" }, async () => {
      logger().info("in the flow");
      return { id: context().flowRun?.id ?? "", taskRunId: await speak() };
    });
    const { id, taskRunId } = await speaking();
    const { items } = await host.api.listLogs({ flowRunIds: [id] });
    expect(items.map((line) => [line.level, line.message, line.taskRunId, line.fields])).toEqual([
      ["info", "in the flow", null, null],
      ["warn", "in the task", taskRunId, '{"rows":3}'],
    ]);
  });

  test("withTags() adds tags to what is started inside", async () => {
    const tagged = task({ name: "tagged" }, async () => context().tags);
    const inner = flow({ name: "inner" }, async () => context().flowRun?.tags);
    const tagging = flow({ name: "tagging" }, () =>
      withTags(["a"], async () => ({
        task: await tagged(),
        both: await withTags(["b", "a"], () => tagged()),
        flow: await inner(),
      })),
    );
    await expect(tagging()).resolves.toEqual({ task: ["a"], both: ["a", "b"], flow: ["a"] });
    await expect(withTags(["root"], () => inner())).resolves.toEqual(["root"]);
  });
});

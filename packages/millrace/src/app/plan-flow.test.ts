import { describe, expect, test } from "vitest";
import { z } from "zod";
import { runtimeSlot } from "../contract/runtime.ts";
import { allowFailure, unmapped } from "../sdk/annotations.ts";
import { artifact } from "../sdk/artifacts.ts";
import { context, logger } from "../sdk/context.ts";
import { concurrency, rateLimit } from "../sdk/concurrency.ts";
import { now, sleep } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { pause } from "../sdk/pause.ts";
import { secret } from "../sdk/secrets.ts";
import { task } from "../sdk/task.ts";
import { transaction } from "../sdk/transactions.ts";
import { variable } from "../sdk/variables.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";
import { plan } from "../testing/plan.ts";
import type { PlannedCall } from "./plan-flow.ts";

const forbidden = (): never => {
  throw new Error("A body was called");
};
const load = task({ name: "load" }, async (_what: string): Promise<number[]> => forbidden());
const train = task(
  { name: "train" },
  async (_rows: number[], _seed: number): Promise<{ score: number }> => forbidden(),
);
const publish = task({ name: "publish" }, async (_model: unknown): Promise<void> => forbidden());

const line = ({ id, kind, inputPreview, dependsOn }: PlannedCall): string =>
  `${kind} ${id}(${inputPreview ?? ""}) <- ${dependsOn.join(" ")}`.trim();

describe("the plan of a flow", () => {
  test("has its calls in order, with what they take of each other, and calls no body", async () => {
    const {
      flow: name,
      calls,
      endedBy,
    } = await plan(
      flow({ name: "pipeline" }, async () => {
        const rows = await load("orders");
        const models = await Promise.all([1, 2].map((seed) => train(rows, seed)));
        await publish({ best: models[0], all: models });
      }),
    );
    expect([name, endedBy]).toEqual(["pipeline", null]);
    expect(calls.map(line)).toEqual([
      'task load-1("orders") <-',
      "task train-1(‹load-1›, 1) <- load-1",
      "task train-2(‹load-1›, 2) <- load-1",
      expect.stringContaining("task publish-1("),
    ]);
    expect(calls[3]?.dependsOn).toEqual(["train-1", "train-2"]);
  });

  test("says what its tasks and flows say of themselves", async () => {
    const said = task({ name: "said", description: "Reads the orders" }, async () => forbidden());
    const inner = flow({ name: "inner", description: "One shop" }, async () => forbidden());
    const { description, calls } = await plan(
      flow({ name: "outer", description: "All shops" }, async () => [await said(), await inner(), await load("x")]),
    );
    expect(description).toBe("All shops");
    expect(calls.map((call) => call.description)).toEqual(["Reads the orders", "One shop", null]);
  });

  test("has one call an item of a map, or one where the items come from a call", async () => {
    const { calls } = await plan(
      flow(async () => {
        const rows = load.submit("orders");
        train.map(unmapped(rows as never), [1, 2, 3]);
        publish.map(await rows);
      }),
    );
    expect(calls.map(({ id }) => id)).toEqual(["load-1", "train-1", "train-2", "train-3", "publish-1"]);
    expect(calls.slice(1).every(({ dependsOn }) => dependsOn.includes("load-1"))).toBe(true);
  });

  test("follows futures, nested and where failure is allowed", async () => {
    const { calls } = await plan(
      flow(async () => {
        const rows = load.submit("a");
        await publish([{ deep: rows }, allowFailure(load.submit("b"))]);
      }),
    );
    expect(calls.at(-1)?.dependsOn).toEqual(["load-1", "load-2"]);
  });

  test("has subflows and steps as calls of their kind", async () => {
    const child = flow({ name: "child" }, async (_parameters: { n: number }) => forbidden());
    const { calls } = await plan(
      flow(async () => {
        await child({ n: 3 });
        await sleep("10m");
        await now();
        await pause();
        await transaction(async () => publish(1));
      }),
    );
    expect(calls.map(line)).toEqual([
      "flow child-1({ n: 3 }) <-",
      "step sleep-1(10m) <-",
      "step now-1() <-",
      "step pause-1() <-",
      "task publish-1(1) <-",
    ]);
  });

  test("takes the branch of a result that counts as 0", async () => {
    const { calls } = await plan(
      flow(async () => {
        const { score } = await train(await load("x"), 1);
        if (score > 0.9) await publish("good");
        else await publish("bad");
        for (const _ of await load("y")) await publish("never");
      }),
    );
    expect(calls.map(({ id, inputPreview }) => `${id} ${inputPreview}`).slice(2)).toEqual([
      'publish-1 "bad"',
      'load-2 "y"',
    ]);
  });

  test("logs and records nothing, and shows the code a run that is none", async () => {
    const { calls, endedBy } = await plan(
      flow(async () => {
        logger().info("into the void");
        await artifact.markdown("into the void");
        await publish(context().flowRun?.name);
      }),
    );
    expect([calls.map(line), endedBy]).toEqual([['task publish-1("dry-run") <-'], null]);
  });

  test("ends where the flow fails, and says why", async () => {
    const { calls, endedBy } = await plan(
      flow(async () => {
        await load("x");
        throw new Error("looked too closely");
      }),
    );
    expect(calls).toHaveLength(1);
    expect(endedBy).toBe("looked too closely");
  });

  test("ends a loop that waits for a result that never comes", async () => {
    const { calls, endedBy } = await plan(
      flow(async () => {
        for (;;) if ((await load("state")).length > 0) break;
      }),
    );
    expect(calls).toHaveLength(10_000);
    expect(endedBy).toContain("the plan ends here");
  });

  test("checks the parameters first, and coerces them", async () => {
    const strict = flow({ name: "strict", parameters: z.object({ day: z.coerce.date() }) }, async ({ day }) =>
      load(day.toISOString()),
    );
    const { calls } = await plan(strict, { day: "2026-11-22" });
    expect(calls[0]?.inputPreview).toBe('"2026-11-22T00:00:00.000Z"');
    await expect(plan(strict, { day: "never" })).rejects.toMatchObject({ code: "PARAMETERS_INVALID" });
  });

  test("leaves the process's runtime as it was", async () => {
    const before = runtimeSlot().runtime;
    await plan(flow(async () => forbidden()));
    expect(runtimeSlot().runtime).toBe(before);
  });

  test("streams: a generator is one call, whatever its reader does", async () => {
    const count = task({ name: "count" }, async function* count(): AsyncGenerator<number> {
      forbidden();
      yield 1;
    });
    const { calls } = await plan(
      flow(async () => {
        for await (const n of count()) await publish(n);
      }),
    );
    expect(calls.map(line)).toEqual(["task count-1() <-", "task publish-1(‹count-1›) <- count-1"]);
  });
});

describe("what a flow asks for beside its tasks", () => {
  const asking = flow({ name: "asking" }, async () => {
    const batch = await variable.get("batch-size", { default: 500 });
    const token = await secret.get("service-token");
    await rateLimit("their-api", { strict: true });
    const rows = await concurrency("database", { strict: true }, async () => load(`${batch} by ${token}`));
    await variable.set("last", 1);
    await secret.set("other", "value");
    return rows;
  });

  test("is read where there is a ledger, but for secrets, and waits for no limit", async () => {
    await using ledger = await createTestLedger();
    await variable.set("batch-size", 64);
    await secret.set("service-token", "s3cr3t-value");
    const { calls, endedBy } = await plan(asking);
    expect(endedBy).toBeNull();
    expect(calls.map(line)).toEqual(['task load-1("64 by ********") <-']);
    expect((await ledger.api.listVariables()).items.map(({ name }) => name)).toEqual(["batch-size"]);
    expect((await ledger.api.listSecrets()).map(({ name }) => name)).toEqual(["service-token"]);
  });

  test("has its defaults where there is none", async () => {
    const { calls, endedBy } = await plan(asking);
    expect([endedBy, calls.map(line)]).toEqual([null, ['task load-1("500 by ********") <-']]);
  });
});

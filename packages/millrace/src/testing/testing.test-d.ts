import { describe, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import type { TestLedger } from "./test-ledger.ts";
import { plan } from "./plan.ts";
import { withTask } from "./stand-ins.ts";

declare const ledger: TestLedger;

const train = task({ name: "train" }, async (rows: readonly number[], seed: number) => ({ score: rows.length / seed }));
const pages = task({ name: "pages" }, async function* pages(from: number) {
  yield String(from);
});
const nightly = flow(
  { name: "nightly", parameters: z.object({ day: z.iso.date(), limit: z.number().default(3) }) },
  async ({ limit }) => String(limit),
);
const plain = flow({ name: "plain" }, async () => 7);

describe("a stand-in", () => {
  test("has the task's parameters, and gives what the task gives, at once or later", () => {
    withTask(train, (rows, seed) => {
      expectTypeOf(rows).toEqualTypeOf<readonly number[]>();
      expectTypeOf(seed).toEqualTypeOf<number>();
      return { score: 1 };
    });
    withTask(train, async () => ({ score: 1 }));
    withTask(train.withOptions({ retries: 3 }), () => ({ score: 1 }));
    // @ts-expect-error -- another result
    withTask(train, () => ({ points: 1 }));
    // @ts-expect-error -- another parameter
    withTask(train, (rows: string) => ({ score: rows.length }));
  });

  test("of a generator is anything that can be iterated", () => {
    withTask(pages, function* (from) {
      expectTypeOf(from).toEqualTypeOf<number>();
      yield `${from}`;
    });
    withTask(pages, () => ["a"]);
    // @ts-expect-error -- other items
    withTask(pages, () => [1]);
  });

  test("is disposable without a body, and gives back what its body gives", () => {
    expectTypeOf(withTask(train, () => ({ score: 1 }))).toEqualTypeOf<Disposable>();
    expectTypeOf(
      withTask(
        train,
        () => ({ score: 1 }),
        async () => "x",
      ),
    ).toEqualTypeOf<Promise<string>>();
  });
});

describe("the ledger", () => {
  test("runs a flow with its parameters, and knows its value", () => {
    expectTypeOf(ledger.run(nightly, { day: "2026-11-22" }))
      .resolves.toHaveProperty("value")
      .toEqualTypeOf<string | undefined>();
    expectTypeOf(ledger.run(plain)).resolves.toHaveProperty("value").toEqualTypeOf<number | undefined>();
    // @ts-expect-error -- parameters are missing
    void ledger.run(nightly);
    // @ts-expect-error -- a wrong parameter
    void ledger.run(nightly, { day: 5 });
    // @ts-expect-error -- it has none
    void ledger.run(plain, { day: "x" });
  });

  test("takes a run by its id, or anything that has it", async () => {
    const ended = await ledger.run(plain);
    expectTypeOf(ended.id).toEqualTypeOf<string>();
    void ledger.taskRuns(ended);
    void ledger.taskRuns(ended.run, "train");
    void ledger.resume(ended.id, { flow: plain });
  });
});

test("a plan takes the flow's parameters", () => {
  expectTypeOf(plan(nightly, { day: "2026-11-22", limit: 4 })).resolves.toHaveProperty("calls");
  void plan(plain);
  // @ts-expect-error -- parameters are missing
  void plan(nightly);
});

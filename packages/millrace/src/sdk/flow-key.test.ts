import { expect, test } from "vitest";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";
import { flow } from "./flow.ts";

/** Calls the subflow with something else in each execution, and dies after it in the first. */
function callAndDie(child: (given: { day: string; at: number }) => Promise<unknown>, die: () => Promise<void>) {
  let execution = 0;
  return flow({ name: "parent" }, async () => {
    const value = await child({ day: "monday", at: ++execution });
    if (execution === 1) await die();
    return value;
  });
}

test.each([
  ["a text", "the day"],
  ["a function of the parameters", ({ day }: { day: string }) => day],
])("a key that is %s makes a call of a flow the same call on resume, whatever it is given", async (_, key) => {
  await using ledger = await createTestLedger();
  const ran: number[] = [];
  const child = flow({ name: "child", key: key as string }, async ({ at }: { day: string; at: number }) => {
    ran.push(at);
    return at;
  });
  const crashed = await ledger.run(callAndDie(child, () => ledger.crash()));
  const { value, run } = await ledger.resume(crashed);
  expect({ value, ran, state: run.state.name }).toEqual({ value: 1, ran: [1], state: "Completed" });
  expect(await ledger.runs({ parentRunIds: [run.id] })).toHaveLength(1);
});

test("without a key another parameter is another call, which the record does not have", async () => {
  await using ledger = await createTestLedger();
  const child = flow({ name: "child" }, async ({ at }: { day: string; at: number }) => at);
  const crashed = await ledger.run(callAndDie(child, () => ledger.crash()));
  expect((await ledger.resume(crashed)).error).toMatchObject({ code: "RESUME_DRIFT" });
});

test("calls of one key are told apart by their order, and of two keys by these", async () => {
  await using ledger = await createTestLedger();
  const child = flow(
    { name: "child", key: (given: unknown) => (given as { k: string }).k },
    async ({ n }: { k: string; n: number }) => n,
  );
  const { value, run } = await ledger.run(
    flow(async () => [await child({ k: "a", n: 1 }), await child({ k: "a", n: 2 }), await child({ k: "b", n: 3 })]),
  );
  expect(value).toEqual([1, 2, 3]);
  expect(await ledger.runs({ parentRunIds: [run.id] })).toHaveLength(3);
});

test("a key function that throws fails the call, and does not throw in the caller's face", async () => {
  await using ledger = await createTestLedger();
  const child = flow(
    {
      name: "child",
      key: () => {
        throw new RangeError("no key");
      },
    },
    async () => 1,
  );
  const { value } = await ledger.run(flow(async () => child().catch((error: Error) => error.message)));
  expect(value).toBe("no key");
});

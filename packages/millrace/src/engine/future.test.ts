import { afterEach, beforeEach, expect, test } from "vitest";
import { sleep } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";

const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);

beforeEach(() => void process.on("unhandledRejection", note));
afterEach(() => {
  process.off("unhandledRejection", note);
  unhandled.length = 0;
});

const fails = task({ name: "fails" }, async () => {
  throw new Error("no");
});
const lasts = task({ name: "lasts" }, async () => sleep("1h"));

test.each([
  ["a failure", () => fails.submit().result(), /^no$/],
  ["a failure in time", () => fails.submit().result({ timeoutMs: 5000 }), /^no$/],
  ["the end of its time", () => lasts.submit().result({ timeoutMs: 5000 }), /lasts.* 5s/],
] as const)("a result that is looked at later is no unhandled rejection: %s", async (_, ask, message) => {
  await using ledger = await createTestLedger();
  const later = async (): Promise<unknown> => {
    const result = ask();
    await sleep("1m");
    await new Promise(setImmediate);
    return result.catch((error: Error) => error.message);
  };
  const { value } = await ledger.run(flow(async () => [await later(), await task({ name: "outer" }, later)()]));
  expect(value).toEqual([expect.stringMatching(message), expect.stringMatching(message)]);
  expect(unhandled).toEqual([]);
});

import { AssertionError } from "node:assert";
import { describe, expect, test } from "vitest";
import { inputs } from "../sdk/cache-policy.ts";
import { sleep } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import {
  assertCompleted,
  assertFailed,
  assertHistory,
  assertRanBefore,
  assertState,
  assertTaskCount,
} from "./assertions.ts";
import { createTestLedger } from "./ledger-under-test.testsuite.ts";

const load = task({ name: "load" }, async () => sleep("1m"));
const train = task({ name: "train", cache: inputs() }, async (n: number) => n);
const bad = task({ name: "bad" }, async () => {
  throw new Error("bad rows");
});

const pipeline = flow({ name: "pipeline", runName: "the run" }, async () => {
  await load();
  await Promise.all(train.map([1, 2]));
  await train(1);
});
const failing = flow({ name: "failing", runName: "the run" }, async () => bad());

/** What an assertion says when it fails. */
async function messageOf(assertion: () => unknown): Promise<string> {
  try {
    await assertion();
  } catch (error) {
    if (error instanceof AssertionError) return error.message;
    throw error;
  }
  throw new Error("It did not fail");
}

describe("what holds passes", () => {
  test("of a run that completed", async () => {
    await using ledger = await createTestLedger();
    const ended = await ledger.run(pipeline);
    assertCompleted(ended);
    assertCompleted(ended.run);
    assertState(ended, "Completed");
    assertState(ended, "COMPLETED");
    assertHistory(ended, ["Pending", "Running", "Completed"]);
    await assertTaskCount(ledger, ended, "train", 3);
    await assertTaskCount(ledger, ended, "train", 1, { state: "Cached" });
    await assertTaskCount(ledger, ended, "train", 3, { state: "COMPLETED" });
    await assertTaskCount(ledger, ended, "absent", 0);
    await assertRanBefore(ledger, ended, "load", "train");
    const [first] = await ledger.taskRuns(ended, "load");
    if (first !== undefined) assertState(first, "Completed");
    expect(first).toBeDefined();
  });

  test("of a run that failed", async () => {
    await using ledger = await createTestLedger();
    const ended = await ledger.run(failing);
    assertFailed(ended);
    assertFailed(ended, "bad rows");
    assertFailed(ended.run, /^bad/);
    assertHistory(ended, ["Pending", "Running", "Failed"]);
    expect(ended.error).toBeInstanceOf(Error);
  });
});

describe("what does not hold says what is there", () => {
  test("of states", async () => {
    await using ledger = await createTestLedger();
    const [good, failed] = [await ledger.run(pipeline), await ledger.run(failing)];
    expect(await messageOf(() => assertCompleted(failed))).toBe(
      "`the run` should have completed; it is Failed: bad rows",
    );
    expect(await messageOf(() => assertFailed(good))).toBe("`the run` should have failed; it is Completed");
    expect(await messageOf(() => assertFailed(failed, /quota/))).toBe(
      '`the run` failed for another reason: "bad rows", not /quota/',
    );
    expect(await messageOf(() => assertState(good, "Cached"))).toBe("`the run` should be Cached; it is Completed");
    expect(await messageOf(() => assertHistory(good, ["Running"]))).toBe(
      "`the run` should have been Running; it was Pending → Running → Completed",
    );
  });

  test("of tasks", async () => {
    await using ledger = await createTestLedger();
    const run = await ledger.run(pipeline);
    expect(await messageOf(() => assertTaskCount(ledger, run, "train", 6))).toBe(
      "`train` should have 6 runs, and has 3 (2 Completed, 1 Cached)",
    );
    expect(await messageOf(() => assertTaskCount(ledger, run, "trian", 3))).toBe(
      "`trian` should have 3 runs, and has 0 (the run called load, sleep, train)",
    );
    expect(await messageOf(() => assertRanBefore(ledger, run, "train", "load"))).toMatch(
      /^`train` should have ended before `load` began; `load` began \d+ ms before its end$/,
    );
    expect(await messageOf(() => assertRanBefore(ledger, run, "load", "report"))).toBe(
      "`report` was not called (the run called load, sleep, train)",
    );
  });
});

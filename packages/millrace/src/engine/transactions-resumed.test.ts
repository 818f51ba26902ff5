/** Transactions of runs that die, are suspended, or are tried again. */

import { describe, expect, test } from "vitest";
import { flow } from "../sdk/flow.ts";
import { suspend } from "../sdk/pause.ts";
import { transaction } from "../sdk/transactions.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";
import { fail, noting } from "./transaction-tasks.testsuite.ts";

describe("a resume", () => {
  test("in the middle takes what completed, and commits all of it once", async () => {
    await using ledger = await createTestLedger();
    const { events, a, b } = noting();
    let isFirst = true;
    const { run } = await ledger.run(
      flow({ name: "loading" }, async () =>
        transaction(async () => {
          await a(1);
          if (isFirst) {
            isFirst = false;
            await ledger.crash();
          }
          return b(2);
        }),
      ),
    );
    expect(events).toEqual(["run a 1"]);
    expect(await ledger.resume(run)).toMatchObject({ value: 2 });
    expect(events).toEqual(["run a 1", "run b 2", "commit a 1", "commit b 2"]);
  });

  test("that fails rolls back what an earlier process did", async () => {
    await using ledger = await createTestLedger();
    const { events, a } = noting();
    let isFirst = true;
    const { run } = await ledger.run(
      flow({ name: "loading" }, async () =>
        transaction(async () => {
          await a(1);
          if (!isFirst) fail();
          isFirst = false;
          await ledger.crash();
        }),
      ),
    );
    const { error } = await ledger.resume(run);
    expect(error).toMatchObject({ message: "undo all" });
    expect(events).toEqual(["run a 1", "rollback a 1"]);
    expect((await ledger.taskRuns(run, "a"))[0]?.state.name).toBe("RolledBack");
  });

  test("elsewhere: a process that lost the run commits nothing and undoes nothing, whatever its code does", async () => {
    await using ledger = await createTestLedger();
    const { events, a, b } = noting();
    let isFirst = true;
    const { run } = await ledger.run(
      flow({ name: "loading" }, async () =>
        transaction(async () => {
          await a(1);
          if (isFirst) {
            isFirst = false;
            await ledger.crash();
            await b(2).catch(() => undefined);
            return "the ghost thinks that it has done all";
          }
          return "done";
        }),
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(events).toEqual(["run a 1"]);
    expect(await ledger.resume(run)).toMatchObject({ value: "done" });
    expect(events).toEqual(["run a 1", "commit a 1"]);
  });

  test("of a run that is suspended undoes nothing", async () => {
    await using ledger = await createTestLedger();
    const { events, a } = noting();
    const { run } = await ledger.run(
      flow({ name: "asking" }, async () =>
        transaction(async () => {
          await a(1);
          await suspend({ key: "approve" });
        }),
      ),
    );
    expect(run.state.name).toBe("Suspended");
    expect(events).toEqual(["run a 1"]);
    await ledger.answer(run);
    expect((await ledger.resume(run)).run.state.name).toBe("Completed");
    expect(events).toEqual(["run a 1", "commit a 1"]);
  });

  test("after a rollback: retry does again what was undone", async () => {
    await using ledger = await createTestLedger();
    const { events, a } = noting();
    let isBroken = true;
    const { run } = await ledger.run(
      flow({ name: "loading" }, async () =>
        transaction(async () => {
          await a(1);
          if (isBroken) fail();
        }),
      ),
    );
    isBroken = false;
    expect((await ledger.retry(run)).error).toBe(null);
    expect(events).toEqual(["run a 1", "rollback a 1", "run a 1", "commit a 1"]);
  });

  test("of the flow's own retries does again what was undone", async () => {
    await using ledger = await createTestLedger();
    const { events, a } = noting();
    let attempts = 0;
    await ledger.run(
      flow({ name: "loading", retries: 1 }, async () =>
        transaction(async () => {
          await a(1);
          if (++attempts === 1) fail();
        }),
      ),
    );
    expect(events).toEqual(["run a 1", "rollback a 1", "run a 1", "commit a 1"]);
  });
});

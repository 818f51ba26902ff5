/** What state a flow ends in, by what it returns or throws. */

import { describe, expect, test } from "vitest";
import { z } from "zod";
import { sleep } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { cancelled, completed, failed } from "../sdk/returned-states.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";

const good = task({ name: "good" }, async (value: number) => value);
const bad = task({ name: "bad" }, async (): Promise<number> => {
  throw new RangeError("bad task");
});

async function endOf(body: () => Promise<unknown>) {
  await using ledger = await createTestLedger();
  const { run, value, error } = await ledger.run(flow({ name: "ending" }, body));
  return { state: run.state, value, error, run };
}

describe("a flow that returns", () => {
  test("data completes, though tasks failed that it caught", async () => {
    const { state, value } = await endOf(async () => {
      await bad().catch(() => undefined);
      return { rows: 3 };
    });
    expect(state).toMatchObject({ type: "COMPLETED", name: "Completed" });
    expect(value).toEqual({ rows: 3 });
  });

  test("nothing completes", async () => {
    const { state, value } = await endOf(async () => undefined);
    expect([state.name, value]).toEqual(["Completed", undefined]);
  });

  test("a completed future completes with its value", async () => {
    const { state, value } = await endOf(async () => good.submit(5));
    expect([state.name, value]).toEqual(["Completed", 5]);
  });

  test("a failed future fails with its error", async () => {
    const { state, error } = await endOf(async () => bad.submit());
    expect(state).toMatchObject({ type: "FAILED", message: "bad task" });
    expect(error).toMatchObject({ message: "bad task" });
  });

  test("a list of futures completes when all of them did", async () => {
    const { state, value } = await endOf(async () => good.map([1, 2, 3]));
    expect(state).toMatchObject({ name: "Completed", message: "All 3 returned task runs completed" });
    expect(value).toEqual([1, 2, 3]);
  });

  test("a list of futures fails when one of them did not complete", async () => {
    const { state, error } = await endOf(async () => [good.submit(1), bad.submit(), good.submit(2)]);
    expect(state).toMatchObject({ type: "FAILED", message: "1 of 3 returned task runs did not complete" });
    expect(error).toMatchObject({ code: "FLOW_RUN_FAILED", cause: { message: "bad task" } });
  });

  test("a state is taken as it is", async () => {
    const done = await endOf(async () => completed({ name: "Skipped", message: "no new rows", value: 0 }));
    expect(done.state).toMatchObject({ type: "COMPLETED", name: "Skipped", message: "no new rows" });
    expect([done.value, done.error]).toEqual([0, null]);
    const off = await endOf(async () => failed({ name: "Rejected", message: "bad data" }));
    expect(off.state).toMatchObject({ type: "FAILED", name: "Rejected", message: "bad data" });
    expect(off.error).toMatchObject({ code: "FLOW_RUN_FAILED", data: { state: "Rejected" } });
    const stopped = await endOf(async () => cancelled());
    expect(stopped.state).toMatchObject({ type: "CANCELLED", name: "Cancelled" });
  });

  test("states and futures together are counted together", async () => {
    const { state } = await endOf(async () => [good.submit(1), failed(), completed()]);
    expect(state).toMatchObject({ type: "FAILED", message: "1 of 3 returned task runs did not complete" });
  });

  test("what cannot be kept completes, and is told", async () => {
    await using ledger = await createTestLedger();
    const { run, value } = await ledger.run(flow({ name: "open" }, async () => ({ close: () => "closed" })));
    expect(run).toMatchObject({ state: { name: "Completed" }, result: { storage: "none" } });
    expect(value?.close()).toBe("closed");
    expect((await ledger.logs(run))[0]?.message).toMatch(/The result of flow `open` is not kept: .*close/);
  });
});

describe("a flow that throws", () => {
  test("fails with its error", async () => {
    const { state, error, run } = await endOf(async () => {
      throw new TypeError("own fault");
    });
    expect(state).toMatchObject({ type: "FAILED", name: "Failed", message: "own fault" });
    expect(error).toBeInstanceOf(TypeError);
    expect(run.error).toMatchObject({ name: "TypeError", message: "own fault" });
    expect(run.error?.stack).toContain("final-states.test.ts");
  });

  test("fails with what a task threw", async () => {
    const { state, error } = await endOf(async () => good(await bad()));
    expect(state.message).toBe("bad task");
    expect(error).toBeInstanceOf(RangeError);
  });

  test("before anything is awaited fails as well", async () => {
    await using ledger = await createTestLedger();
    const { run } = await ledger.run(
      flow({ name: "sync" }, () => {
        throw new Error("at once");
      }),
    );
    expect(run.state).toMatchObject({ type: "FAILED", message: "at once" });
  });
});

describe("the end of a flow", () => {
  test("waits for what it submitted and did not await", async () => {
    await using ledger = await createTestLedger();
    const slow = task({ name: "slow" }, async () => sleep("2h"));
    const { run } = await ledger.run(
      flow(async () => {
        slow.submit();
        void slow();
      }),
    );
    expect((await ledger.taskRuns(run, "slow")).map(({ state }) => state.name)).toEqual(["Completed", "Completed"]);
    expect((run.endedAt ?? 0) - (run.startedAt ?? 0)).toBeGreaterThanOrEqual(7_200_000);
  });

  test("is not failed by a submitted task that failed and that nobody asked for", async () => {
    const { state } = await endOf(async () => {
      bad.submit();
      return "fine";
    });
    expect(state.name).toBe("Completed");
  });

  test("closes its scope: calls after it are refused", async () => {
    await using ledger = await createTestLedger();
    const ended = Promise.withResolvers<void>();
    let late: Promise<unknown> | null = null;
    const { run } = await ledger.run(
      flow(async () => {
        late = ended.promise.then(async () => good(1));
      }),
    );
    ended.resolve();
    await expect(late).rejects.toMatchObject({ code: "RUN_ENDED" });
    expect(run.state.name).toBe("Completed");
  });
});

describe("parameters", () => {
  const strict = flow(
    {
      name: "strict",
      parameters: z.object({ day: z.coerce.date(), limit: z.int().default(10) }),
      runName: "day {day}",
    },
    async ({ day, limit }) => [day.getTime(), limit],
  );

  test("are given as the schema coerces them, and recorded so", async () => {
    await using ledger = await createTestLedger();
    const { value, run } = await ledger.run(strict, { day: "2026-11-22" });
    expect(value).toEqual([Date.UTC(2026, 10, 22), 10]);
    expect(run.parameters).toContain("2026-11-22");
    expect(run.name).toContain("day ");
  });

  test("that are refused record nothing", async () => {
    await using ledger = await createTestLedger();
    await expect(ledger.run(strict, { day: "never" })).rejects.toMatchObject({
      code: "PARAMETERS_INVALID",
      message: expect.stringContaining("day:"),
    });
    expect(await ledger.runs()).toEqual([]);
  });

  test("of a subflow that are refused fail its call, and no run of it", async () => {
    await using ledger = await createTestLedger();
    const { run, error } = await ledger.run(flow({ name: "parent" }, async () => strict({ day: "never" })));
    expect(error).toMatchObject({ code: "PARAMETERS_INVALID" });
    expect(await ledger.runs({ parentRunIds: [run.id] })).toEqual([]);
    expect((await ledger.taskRuns(run))[0]).toMatchObject({ kind: "flow", state: { name: "Failed" } });
  });
});

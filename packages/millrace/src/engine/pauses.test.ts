import { describe, expect, test } from "vitest";
import { z } from "zod";
import { sleep } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { pause, suspend } from "../sdk/pause.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";
import { openProcesses } from "./processes.testsuite.ts";

const decision = z.object({ approve: z.boolean(), by: z.string().default("nobody") });

describe("pause", () => {
  test("waits for an answer, and gives it back as the schema makes it", async () => {
    await using ledger = await createTestLedger();
    const asking = flow({ name: "asking" }, async () => pause({ input: decision, description: "Ship it?" }));
    const { id, ended } = await ledger.start(asking);
    const state = await ledger.untilState(id, "PAUSED");
    expect(state).toMatchObject({
      name: "Paused",
      details: {
        pauseKey: "pause-1",
        inputDescription: "Ship it?",
        inputSchema: { type: "object", properties: { approve: { type: "boolean" } } },
      },
    });
    expect(state.details?.pauseTimeoutAt).toBeCloseTo(Date.UTC(2026, 0, 1, 1), 0);
    await ledger.answer(id, { approve: true });
    const { run, value } = await ended;
    expect(value).toEqual({ approve: true, by: "nobody" });
    expect(run.history.map(({ name }) => name)).toEqual(["Pending", "Running", "Paused", "Running", "Completed"]);
  });

  test("passes over an answer that the schema refuses, which is told, and takes the next", async () => {
    await using ledger = await createTestLedger();
    const { id, ended } = await ledger.start(flow({ name: "asking" }, async () => pause({ input: decision })));
    await ledger.untilState(id, "PAUSED");
    await ledger.answer(id, { approve: "perhaps" });
    await ledger.answer(id, { approve: false });
    const { run, value } = await ended;
    expect(value).toEqual({ approve: false, by: "nobody" });
    const [line] = await ledger.logs(run);
    expect(line).toMatchObject({ level: "warn", logger: "millrace.pause" });
    expect(line?.message).toContain("The answer to `pause-1` is not accepted");
  });

  test("without a schema just waits", async () => {
    await using ledger = await createTestLedger();
    const { id, ended } = await ledger.start(flow({ name: "waiting" }, async () => pause()));
    await ledger.untilState(id, "PAUSED");
    await ledger.answer(id);
    expect((await ended).run.state.name).toBe("Completed");
  });

  test("fails the run when nobody answers in time", async () => {
    await using ledger = await createTestLedger();
    const { id, ended } = await ledger.start(
      flow({ name: "ignored" }, async () => pause({ timeout: "2h", key: "sign-off" })),
    );
    await ledger.untilState(id, "PAUSED");
    await ledger.clock.advance("2h 1m");
    const { run, error } = await ended;
    expect(error).toMatchObject({ code: "PAUSE_TIMED_OUT", data: { key: "sign-off", timeout: "2h 00m" } });
    expect(run.state).toMatchObject({ type: "FAILED" });
  });

  test("that timed out can be caught, and the flow goes on", async () => {
    await using ledger = await createTestLedger();
    const { id, ended } = await ledger.start(
      flow({ name: "ignored" }, async () => {
        const answer = await pause({ timeout: "1h" }).catch((error: { code: string }) => error.code);
        await sleep("1m");
        return answer;
      }),
    );
    await ledger.untilState(id, "PAUSED");
    await ledger.clock.advance("61m");
    expect(await ended).toMatchObject({ value: "PAUSE_TIMED_OUT", run: { state: { name: "Completed" } } });
  });

  test("names its pauses by key, or by their number", async () => {
    await using ledger = await createTestLedger();
    const keys: unknown[] = [];
    const asking = flow({ name: "asking" }, async () => [
      await pause({ input: z.number() }),
      await pause({ input: z.number(), key: "review" }),
      await pause({ input: z.number() }),
      await pause({ input: z.number(), key: "review" }),
    ]);
    const { id, ended } = await ledger.start(asking);
    for (const answer of [1, 2, 3, 4]) {
      keys.push((await ledger.untilState(id, "PAUSED")).details?.pauseKey);
      await ledger.answer(id, answer);
      await ledger.untilState(id, answer === 4 ? "COMPLETED" : "RUNNING");
    }
    expect((await ended).value).toEqual([1, 2, 3, 4]);
    expect(keys).toEqual(["pause-1", "review", "pause-2", "review-2"]);
  });

  test("lets work that is under way go on", async () => {
    await using ledger = await createTestLedger();
    let done = 0;
    const work = task({ name: "work" }, async () => ++done);
    const { id, ended } = await ledger.start(
      flow({ name: "asking" }, async () => {
        const future = work.submit();
        await pause();
        return future;
      }),
    );
    await ledger.untilState(id, "PAUSED");
    expect(done).toBe(1);
    await ledger.answer(id);
    expect((await ended).value).toBe(1);
  });

  test("can be cancelled", async () => {
    await using ledger = await createTestLedger();
    const { id, ended } = await ledger.start(flow({ name: "asking" }, async () => pause()));
    await ledger.untilState(id, "PAUSED");
    await ledger.cancel(id);
    const { run } = await ended;
    expect(run.history.map(({ name }) => name)).toEqual(["Pending", "Running", "Paused", "Cancelling", "Cancelled"]);
  });

  test("in a subflow is answered through the root", async () => {
    await using ledger = await createTestLedger();
    const child = flow({ name: "child" }, async () => pause({ input: decision }));
    const { id, ended } = await ledger.start(flow({ name: "parent" }, async () => child()));
    await ledger.untilState(id, "RUNNING");
    let children = await ledger.runs({ parentRunIds: [id] });
    while (children[0] === undefined) {
      await new Promise((resolve) => void setImmediate(resolve));
      children = await ledger.runs({ parentRunIds: [id] });
    }
    await ledger.untilState(children[0], "PAUSED");
    await ledger.answer(id, { approve: true });
    expect((await ended).value).toEqual({ approve: true, by: "nobody" });
  });

  test("outside of a flow is refused", async () => {
    await using ledger = await createTestLedger();
    await expect(pause()).rejects.toMatchObject({ code: "CONTEXT_MISSING" });
    expect(await ledger.runs()).toEqual([]);
  });

  test("an answer to a run that waits for none is refused", async () => {
    await using ledger = await createTestLedger();
    const { run } = await ledger.run(flow(async () => 1));
    await expect(ledger.answer(run)).rejects.toMatchObject({ code: "USAGE" });
  });
});

describe("a process that dies while its run is paused", () => {
  test("leaves the question open: the resumed run asks again, with the time that was left", async () => {
    await using ledger = await createTestLedger({ clock: "manual" });
    const asking = flow({ name: "asking" }, async () => pause({ timeout: "2h" }));
    const { id, ended } = await ledger.start(asking);
    await ledger.untilState(id, "PAUSED");
    await ledger.clock.advance("1h 30m");
    await ledger.crash();
    await ended;
    const resumed = ledger.resume(id);
    await ledger.untilState(id, "PAUSED");
    await ledger.clock.advance("29m");
    expect((await ledger.read(id)).state.name).toBe("Paused");
    await ledger.clock.advance("2m");
    expect((await resumed).error).toMatchObject({ code: "PAUSE_TIMED_OUT" });
  });

  test("takes an answer that came while nobody was there", async () => {
    await using ledger = await createTestLedger();
    const asking = flow({ name: "asking" }, async () => pause({ input: decision, key: "go" }));
    const { id, ended } = await ledger.start(asking);
    await ledger.untilState(id, "PAUSED");
    await ledger.crash();
    await ended;
    await ledger.api.sendRunInput({
      flowRunId: id,
      key: "go",
      id: "answer-0",
      value: '{"approve":true}',
      sender: null,
    });
    const { run, value } = await ledger.resume(id);
    expect(value).toEqual({ approve: true, by: "nobody" });
    expect(run.history.map(({ name }) => name)).toEqual([
      "Pending",
      "Running",
      "Paused",
      "Crashed",
      "Resuming",
      "Completed",
    ]);
  });

  test("does not ask again for what was answered", async () => {
    await using ledger = await createTestLedger();
    let isFirst = true;
    const asking = flow({ name: "asking" }, async () => {
      const answer = await pause({ input: decision });
      if (isFirst) {
        isFirst = false;
        await ledger.crash();
      }
      return answer;
    });
    const { id, ended } = await ledger.start(asking);
    await ledger.untilState(id, "PAUSED");
    await ledger.answer(id, { approve: true });
    await ended;
    expect(await ledger.resume(id)).toMatchObject({ value: { approve: true, by: "nobody" } });
  });
});

describe("suspend", () => {
  test("gives up the process, and goes on when it is resumed with the answer", async () => {
    await using ledger = await createTestLedger();
    const ran: string[] = [];
    const before = task({ name: "before" }, async () => ran.push("before"));
    const asking = flow({ name: "asking" }, async () => {
      await before();
      const { approve } = await suspend({ input: decision, key: "go" });
      return approve;
    });
    const { run, error } = await ledger.run(asking);
    expect(error).toMatchObject({ code: "SUSPENDED" });
    expect(run).toMatchObject({
      state: { type: "PAUSED", name: "Suspended", details: { suspended: true, pauseKey: "go" } },
      ownerId: null,
    });
    await ledger.answer(run, { approve: true });
    const resumed = await ledger.resume(run);
    expect(resumed.value).toBe(true);
    expect(ran).toEqual(["before"]);
    expect(resumed.run.history.map(({ name }) => name)).toEqual([
      "Pending",
      "Running",
      "Suspended",
      "Resuming",
      "Completed",
    ]);
  });

  test("is suspended again when it is resumed without an answer", async () => {
    await using ledger = await createTestLedger();
    const { run } = await ledger.run(flow({ name: "asking" }, async () => suspend({ input: decision })));
    expect((await ledger.resume(run)).run.state.name).toBe("Suspended");
    await ledger.answer(run, { approve: false });
    expect((await ledger.resume(run)).value).toEqual({ approve: false, by: "nobody" });
  });

  test("in a subflow suspends the runs around it too", async () => {
    await using ledger = await createTestLedger();
    const child = flow({ name: "child" }, async () => suspend({ input: decision }));
    const parent = flow({ name: "parent" }, async () => child());
    const { run } = await ledger.run(parent);
    expect((await ledger.runs()).map(({ flowName, state }) => [flowName, state.name])).toEqual([
      ["parent", "Suspended"],
      ["child", "Suspended"],
    ]);
    await ledger.answer(run, { approve: true });
    const resumed = await ledger.resume(run);
    expect(resumed.value).toEqual({ approve: true, by: "nobody" });
    expect((await ledger.runs()).map(({ state }) => state.name)).toEqual(["Completed", "Completed"]);
  });

  test("waits for no tasks that are under way: they run again", async () => {
    await using ledger = await createTestLedger();
    let ran = 0;
    const slow = task({ name: "slow" }, async () => {
      ran++;
      await sleep("1h");
      return ran;
    });
    const asking = flow({ name: "asking" }, async () => {
      const future = slow.submit();
      await sleep("1m");
      await suspend();
      return future;
    });
    const { run } = await ledger.run(asking);
    expect(run.state.name).toBe("Suspended");
    const [record] = await ledger.taskRuns(run, "slow");
    expect(record?.state.type).toBe("PENDING");
    await ledger.answer(run);
    expect(await ledger.resume(run)).toMatchObject({ value: 2 });
  });

  test("with a timeout fails when it is resumed too late", async () => {
    await using ledger = await createTestLedger();
    const { run } = await ledger.run(flow({ name: "asking" }, async () => suspend({ timeout: "1d" })));
    await ledger.clock.advance("2d");
    const { run: resumed, error } = await ledger.resume(run);
    expect(error).toMatchObject({ code: "PAUSE_TIMED_OUT" });
    expect(resumed.state.type).toBe("FAILED");
  });

  test("can be cancelled at once: nobody executes it", async () => {
    await using ledger = await createTestLedger();
    const { run } = await ledger.run(flow({ name: "asking" }, async () => suspend()));
    await ledger.cancel(run);
    expect((await ledger.read(run)).state.name).toBe("Cancelled");
  });
});

test("a suspended run whose process ends before its function has, is no crash", async () => {
  await using processes = await openProcesses();
  const { engine, api } = await processes.open();
  let words: unknown;
  const asking = flow({ name: "asking" }, async () => {
    try {
      await suspend();
    } finally {
      words = engine.lastWords(() => new Error("the process is gone")).flatMap(({ proposals = [] }) => proposals);
    }
  });
  await expect(asking()).rejects.toMatchObject({ code: "SUSPENDED" });
  expect(words).toEqual([]);
  expect((await api.listFlowRuns({})).items.map(({ state }) => state.name)).toEqual(["Suspended"]);
});

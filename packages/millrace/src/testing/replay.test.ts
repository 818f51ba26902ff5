import { describe, expect, test } from "vitest";
import { allowFailure } from "../sdk/annotations.ts";
import { now, sleep } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { transaction } from "../sdk/transactions.ts";
import { variable } from "../sdk/variables.ts";
import { createTestLedger } from "./ledger-under-test.testsuite.ts";
import type { RunRecording } from "./recording.ts";
import { replay } from "./replay.ts";
import { withTask } from "./stand-ins.ts";

const ran: string[] = [];
const step = task({ name: "step" }, async (name: string) => {
  ran.push(name);
  return name.length;
});
const broken = task({ name: "broken" }, async (): Promise<number> => {
  ran.push("broken");
  throw new RangeError("as always");
});

/** Runs a flow of this body once, and gives back its recording as it comes from a file. */
async function record(body: () => Promise<unknown>): Promise<RunRecording> {
  await using ledger = await createTestLedger();
  const { run } = await ledger.run(flow({ name: "recorded" }, body));
  ran.length = 0;
  return JSON.parse(JSON.stringify(await ledger.export(run))) as RunRecording;
}

const changed = (body: () => Promise<unknown>) => flow({ name: "recorded" }, body);

describe("a replay of the same code", () => {
  test("matches, runs nothing, and ends with the same value", async () => {
    const body = async (): Promise<unknown> => {
      const startedAt = await now();
      const sizes = await Promise.all(step.map(["a", "bb"]));
      await sleep("3d");
      const caught = await broken().catch((error: Error) => error.message);
      const seen = await step(allowFailure(broken.submit()) as never).catch(() => "never");
      return { startedAt, sizes, caught, seen, written: await transaction(async () => step("in a transaction")) };
    };
    const recording = await record(body);
    const found = await replay(recording, changed(body));
    expect(found.summary).toContain("matches the code");
    expect(found).toMatchObject({ matches: true, drift: [], unfinishedAt: null, error: null });
    expect(found.value).toMatchObject({ sizes: [1, 2], caught: "as always", written: 16 });
    expect(found.delivered).toBeGreaterThanOrEqual(8);
    expect(ran).toEqual([]);
  });

  test("matches a run that failed, by its failure", async () => {
    const body = async (): Promise<unknown> => broken();
    const found = await replay(await record(body), changed(body));
    expect(found).toMatchObject({ matches: true, end: { name: "Failed" }, error: { message: "as always" } });
  });

  test("takes large results along", async () => {
    const big = task({ name: "big" }, async () => {
      ran.push("big");
      return "x".repeat(100_000);
    });
    const body = async (): Promise<unknown> => (await big()).length;
    expect(await replay(await record(body), changed(body))).toMatchObject({ matches: true, value: 100_000 });
    expect(ran).toEqual([]);
  });

  test("goes into subflows that had not completed, and takes those that had", async () => {
    let isFirst = true;
    await using ledger = await createTestLedger();
    const child = flow({ name: "child" }, async ({ n }: { n: number }) => {
      await step(`child ${n}`);
      if (n === 2 && isFirst) await ledger.crash();
      return n;
    });
    const body = async (): Promise<unknown> => [await child({ n: 1 }), await child({ n: 2 })];
    const { run } = await ledger.run(flow({ name: "recorded" }, body));
    const recording = await ledger.export(run);
    isFirst = false;
    ran.length = 0;
    const found = await replay(recording, changed(body));
    expect(found).toMatchObject({ matches: true, recordedEnd: null, value: [1, 2] });
    expect(ran).toEqual([]);
  });

  test("calls no hooks of the flow", async () => {
    let told = 0;
    const hooked = flow({ name: "recorded", onCompletion: () => void told++ }, async () => step("a"));
    await using ledger = await createTestLedger();
    const { run } = await ledger.run(hooked);
    expect(await replay(await ledger.export(run), hooked)).toMatchObject({ matches: true });
    expect(told).toBe(1);
  });

  test("gives the process its ledger back", async () => {
    const recording = await record(async () => step("a"));
    await using ledger = await createTestLedger();
    await replay(
      recording,
      changed(async () => step("a")),
    );
    await ledger.run(flow(async () => step("after")));
    expect(await ledger.runs()).toHaveLength(1);
  });
});

describe("a replay of changed code", () => {
  test("names a call that is not recorded, and does not run it", async () => {
    const recording = await record(async () => step("a"));
    const found = await replay(
      recording,
      changed(async () => {
        await step("a");
        await broken();
        return 1;
      }),
    );
    expect(found).toMatchObject({ matches: false, drift: [{ called: "broken", recorded: null }], end: null });
    expect(found.summary).toContain("called, and not recorded: broken");
    expect(ran).toEqual([]);
  });

  test("names both sides where inputs changed", async () => {
    const recording = await record(async () => step("orders"));
    const found = await replay(
      recording,
      changed(async () => step("customers")),
    );
    expect(found).toMatchObject({
      matches: false,
      drift: [{ called: 'step("customers")', recorded: 'step("orders")' }],
    });
    expect(ran).toEqual([]);
  });

  test("names what is recorded and not called any more", async () => {
    const recording = await record(async () => {
      await step("a");
      await sleep("1h");
      return 1;
    });
    const found = await replay(
      recording,
      changed(async () => {
        await step("a");
        return 1;
      }),
    );
    expect(found).toMatchObject({ matches: false, drift: [{ called: null, recorded: "sleep" }] });
    expect(found.end?.name).toBe("Completed");
  });

  test("finds another end, though the calls are the same", async () => {
    const recording = await record(async () => (await step("a")) + 1);
    const found = await replay(
      recording,
      changed(async () => (await step("a")) + 2),
    );
    expect(found).toMatchObject({ matches: false, drift: [], value: 3, end: { name: "Completed" } });
    const failing = await replay(
      recording,
      changed(async () => {
        await step("a");
        throw new Error("new fault");
      }),
    );
    expect(failing).toMatchObject({ matches: false, end: { name: "Failed" }, error: { message: "new fault" } });
    expect(failing.summary).toContain("recorded end: Completed; now: Failed (new fault)");
  });

  test("runs what is new where that is asked for, by stand-ins if need be", async () => {
    const recording = await record(async () => step("a"));
    const extended = changed(async () => (await step("a")) + (await broken()));
    const found = await withTask(
      broken,
      async () => 10,
      () => replay(recording, extended, { onDrift: "rerun" }),
    );
    expect(found).toMatchObject({
      matches: false,
      value: 11,
      drift: [{ called: "broken" }],
      end: { name: "Completed" },
    });
  });

  test("stops where the record ends, without running what had not ended", async () => {
    await using ledger = await createTestLedger({ clock: "manual" });
    const slow = task({ name: "slow", durableStart: true }, async () => sleep("1h"));
    const body = async (): Promise<unknown> => {
      await step("a");
      return slow();
    };
    const { id, ended } = await ledger.start(flow({ name: "recorded" }, body));
    await ledger.clock.advance("1m");
    await ledger.crash();
    await ended;
    const found = await replay(await ledger.export(id), changed(body));
    expect(found).toMatchObject({ matches: true, unfinishedAt: "slow", delivered: 1, end: null, error: null });
  });
});

test("setUp gives the flow's own body what it reads", async () => {
  const reading = async (): Promise<unknown> => step(await variable.get<string>("region"));
  await using ledger = await createTestLedger();
  await variable.set("region", "eu");
  const { run } = await ledger.run(flow({ name: "recorded" }, reading));
  const recording = await ledger.export(run);
  expect((await replay(recording, changed(reading))).error).toMatchObject({ code: "NOT_FOUND" });
  const found = await replay(recording, changed(reading), { setUp: () => variable.set("region", "eu") });
  expect(found.matches).toBe(true);
});

test("what is no recording is refused", async () => {
  await expect(
    replay(
      {} as RunRecording,
      changed(async () => 1),
    ),
  ).rejects.toMatchObject({ code: "USAGE" });
});

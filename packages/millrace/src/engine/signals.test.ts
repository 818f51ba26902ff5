import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { sleep } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { sendSignal, signal } from "../sdk/signals.ts";
import { task } from "../sdk/task.ts";
import { waitFor } from "../sdk/wait-for.ts";
import { waitForFile } from "../sdk/wait-for-file.ts";
import { waitForRun } from "../sdk/wait-for-run.ts";
import { waitUntil } from "../sdk/wait-until.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";

const approve = signal("approve", { schema: z.object({ by: z.string() }) });

describe("a signal", () => {
  test("is waited for, and given to the run it was sent to", async () => {
    await using ledger = await createTestLedger();
    const waiting = flow({ name: "waiting" }, async () => approve.wait());
    const { id, ended } = await ledger.start(waiting);
    const other = await ledger.start(waiting);
    await approve.send(id, { by: "Ada" });
    expect((await ended).value).toEqual({ by: "Ada" });
    await ledger.signal(other, "approve", { by: "Bo" });
    expect((await other.ended).value).toEqual({ by: "Bo" });
  });

  test("is kept until the run comes to wait for it", async () => {
    await using ledger = await createTestLedger({ clock: "manual" });
    const { id, ended } = await ledger.start(
      flow({ name: "late" }, async () => {
        await sleep("1h");
        return approve.wait();
      }),
    );
    await approve.send(id, { by: "early" });
    await ledger.clock.advance("2h");
    expect((await ended).value).toEqual({ by: "early" });
  });

  test("comes in order: the first wait takes the first value", async () => {
    await using ledger = await createTestLedger();
    const counting = flow({ name: "counting" }, async () => {
      const values: string[] = [];
      for await (const { by } of approve) {
        values.push(by);
        if (by === "last") break;
      }
      return values;
    });
    const { id, ended } = await ledger.start(counting);
    for (const by of ["one", "two", "last"]) await approve.send(id, { by });
    expect((await ended).value).toEqual(["one", "two", "last"]);
  });

  test("of one id is one value", async () => {
    await using ledger = await createTestLedger();
    const { id, ended } = await ledger.start(
      flow({ name: "twice" }, async () => [await approve.wait(), await approve.wait()]),
    );
    expect(await approve.send(id, { by: "a" }, { id: "1" })).toBe(true);
    expect(await approve.send(id, { by: "a" }, { id: "1" })).toBe(false);
    await approve.send(id, { by: "b" }, { id: "2" });
    expect((await ended).value).toEqual([{ by: "a" }, { by: "b" }]);
  });

  test("that its schema refuses is not sent; sent without it, it is passed over", async () => {
    await using ledger = await createTestLedger();
    const { id, ended } = await ledger.start(flow({ name: "strict" }, async () => approve.wait()));
    await expect(approve.send(id, { by: 1 } as unknown as { by: string })).rejects.toMatchObject({
      code: "INPUT_INVALID",
    });
    await sendSignal(id, "approve", { by: 1 });
    await approve.send(id, { by: "good" });
    const { run, value } = await ended;
    expect(value).toEqual({ by: "good" });
    expect((await ledger.logs(run))[0]?.message).toContain("A value of the signal `approve` is passed over");
  });

  test("that does not come in time ends the wait, and the next wait takes it", async () => {
    await using ledger = await createTestLedger();
    const { id, ended } = await ledger.start(
      flow({ name: "patient" }, async () => {
        const first = await approve.wait({ timeout: "1m" }).catch((error: { code: string }) => error.code);
        return [first, await approve.wait()];
      }),
    );
    await ledger.clock.advance("61s");
    await approve.send(id, { by: "late" });
    expect((await ended).value).toEqual(["TIMED_OUT", { by: "late" }]);
  });

  test("is given to a resumed run again, and not twice", async () => {
    await using ledger = await createTestLedger();
    let isFirst = true;
    const resumed = flow({ name: "resumed" }, async () => {
      const first = await approve.wait();
      if (isFirst) {
        isFirst = false;
        await ledger.crash();
      }
      return [first, await approve.wait()];
    });
    const { id, ended } = await ledger.start(resumed);
    await approve.send(id, { by: "one" });
    await ended;
    await approve.send(id, { by: "two" });
    expect((await ledger.resume(id)).value).toEqual([{ by: "one" }, { by: "two" }]);
  });

  test("can come from another run, which sends nothing twice when it is tried again", async () => {
    await using ledger = await createTestLedger();
    const receiver = await ledger.start(
      flow({ name: "receiver" }, async () => [await approve.wait(), await approve.wait()]),
    );
    let attempts = 0;
    const send = task({ name: "send", retries: 1 }, async (to: string) => {
      await approve.send(to, { by: "sender" });
      if (++attempts === 1) throw new Error("after sending");
    });
    await ledger.run(flow({ name: "sender" }, async () => send(receiver.id)));
    await approve.send(receiver.id, { by: "test" });
    expect((await receiver.ended).value).toEqual([{ by: "sender" }, { by: "test" }]);
  });

  test("is not waited for in a task, nor outside of a flow", async () => {
    await using ledger = await createTestLedger();
    const inTask = task({ name: "in-task" }, async () => approve.wait());
    const { error } = await ledger.run(flow(async () => inTask()));
    expect(error).toMatchObject({ code: "CONTEXT_MISSING" });
    await expect(approve.wait()).rejects.toMatchObject({ code: "CONTEXT_MISSING" });
  });

  test("to a run that there is not, is refused", async () => {
    await using ledger = await createTestLedger();
    await expect(ledger.signal("0190b5c8-0000-7000-8000-0000000000aa", "approve")).rejects.toMatchObject({
      code: "RUN_NOT_FOUND",
    });
  });
});

describe("sensors", () => {
  test("look again and again until it is there", async () => {
    await using ledger = await createTestLedger();
    let looks = 0;
    const { value, run } = await ledger.run(
      flow(async () => waitFor(() => (++looks === 5 ? { found: looks } : null), { name: "the row", every: "10m" })),
    );
    expect(value).toEqual({ found: 5 });
    expect(ledger.clock.now()).toBe(Date.UTC(2026, 0, 1, 0, 40));
    expect((await ledger.taskRuns(run))[0]).toMatchObject({ kind: "wait", inputPreview: "the row" });
  });

  test("time out", async () => {
    await using ledger = await createTestLedger();
    const { error } = await ledger.run(flow(async () => waitFor(() => null, { timeout: "1d", every: "1h" })));
    expect(error).toMatchObject({ code: "TIMED_OUT" });
  });

  test("find a file, and are not looked for again when the run is resumed", async () => {
    await using ledger = await createTestLedger();
    const folder = mkdtempSync(join(tmpdir(), "millrace-sensor-"));
    const file = join(folder, "orders.csv");
    let isFirst = true;
    const { id, ended } = await ledger.start(
      flow({ name: "sensing" }, async () => {
        const { sizeBytes } = await waitForFile(file, { timeout: "300d" });
        if (isFirst) {
          isFirst = false;
          await ledger.crash();
        }
        return sizeBytes;
      }),
    );
    writeFileSync(file, "a,b\n");
    await ended;
    rmSync(folder, { recursive: true });
    expect((await ledger.resume(id)).value).toBe(4);
  });

  test("wait for the end of another run", async () => {
    await using ledger = await createTestLedger();
    const slow = await ledger.start(flow({ name: "slow" }, async () => sleep("3m")));
    const { value } = await ledger.run(flow({ name: "watching" }, async () => (await waitForRun(slow.id)).name));
    expect(value).toBe("Completed");
    await slow.ended;
  });

  test("wait until a time", async () => {
    await using ledger = await createTestLedger();
    const due = Date.UTC(2026, 5, 1);
    await ledger.run(flow(async () => waitUntil(new Date(due))));
    expect(ledger.clock.now()).toBe(due);
    await ledger.run(flow(async () => waitUntil(due - 1000)));
    expect(ledger.clock.now()).toBe(due);
  });
});

/** Bounds of what waits of a run's log, by counts and bytes. */

import { expect, test } from "vitest";
import type { LogLine } from "../contract/records.ts";
import type { StoreBatch } from "../contract/store.ts";
import { logger } from "../sdk/context.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import type { LedgerProcess } from "../testing/ledger-process.ts";
import { withFaults } from "./faulty-store.testsuite.ts";
import { LogAllowance, maxWaitingBytes, maxWaitingLines } from "./log-allowance.ts";
import { openProcesses } from "./processes.testsuite.ts";

const lineOf = (flowRunId: string, message = "a line"): LogLine => ({
  flowRunId,
  taskRunId: null,
  attempt: 1,
  at: 1,
  level: "info",
  logger: "millrace.run",
  message,
  fields: null,
  epoch: 2,
});

test("drops by the lines that wait, tells how many, and admits again as they are written", () => {
  const allowance = new LogAllowance();
  const line = lineOf("a");
  const admitted = Array.from({ length: maxWaitingLines + 7 }, () => allowance.admit(line)).filter(Boolean);
  expect(admitted).toHaveLength(maxWaitingLines);
  expect(allowance.admit(lineOf("b"))).toBe(true);
  expect(allowance.takeNotes()).toMatchObject([
    {
      flowRunId: "a",
      level: "warn",
      fields: '{"dropped":7}',
      epoch: 2,
      message: expect.stringMatching(/^7 log lines/),
    },
  ]);
  expect(allowance.takeNotes()).toEqual([]);
  expect(allowance.admit(line)).toBe(false);
  allowance.release([line, line]);
  expect([allowance.admit(line), allowance.admit(line), allowance.admit(line)]).toEqual([true, true, false]);
});

test("drops by their bytes", () => {
  const allowance = new LogAllowance();
  const line = lineOf("a", "ü".repeat(2 ** 19));
  const admitted = Array.from({ length: 40 }, () => allowance.admit(line)).filter(Boolean);
  expect(admitted).toHaveLength(maxWaitingBytes / 2 ** 20);
});

/** The lines, events and states that a flow's run has recorded. */
async function recordedOf(body: (process: LedgerProcess) => Promise<unknown>) {
  const batches: StoreBatch[] = [];
  await using processes = await openProcesses();
  const opened = await processes.open((store) => withFaults(store, (batch) => (batches.push(batch), null)));
  await flow({ name: "loud" }, async () => body(opened))();
  await opened.engine.journal.flush();
  const logs = batches.flatMap((batch) => batch.logs);
  return { logs, states: batches.flatMap(({ taskRuns }) => taskRuns.map(({ state }) => state.name)) };
}

test("a body that logs without letting go loses lines, and neither states nor results", {
  timeout: 120_000,
}, async () => {
  const step = task({ name: "step" }, async (n: number) => n);
  const more = 500;
  const { logs, states } = await recordedOf(async () => {
    const calls = [step(1), step(2)];
    for (let line = 0; line < maxWaitingLines + more; line++) logger().info("x");
    expect(await Promise.all(calls)).toEqual([1, 2]);
    logger().info("after");
  });
  expect(logs.filter(({ message }) => message === "x")).toHaveLength(maxWaitingLines);
  expect(logs.filter(({ level }) => level === "warn")).toMatchObject([{ fields: `{"dropped":${more}}` }]);
  expect(logs.at(-1)?.message).toBe("after");
  expect(states.filter((name) => name === "Completed")).toHaveLength(2);
});

test("many bytes at once are told of too, though nothing is logged after", async () => {
  const text = "y".repeat(2 ** 16 - 1);
  const { logs } = await recordedOf(async () => {
    for (let line = 0; line < 520; line++) logger().info(text);
  });
  const kept = logs.filter(({ level }) => level === "info");
  expect(kept.reduce((sum, { message }) => sum + message.length, 0)).toBeLessThan(maxWaitingBytes + text.length);
  expect(logs.at(-1)).toMatchObject({ level: "warn", fields: `{"dropped":${520 - kept.length}}` });
});

test("a body that lets go loses none", async () => {
  const { logs } = await recordedOf(async (process) => {
    for (let turn = 0; turn < 60; turn++) {
      for (let line = 0; line < 12; line++) logger().info("z".repeat(2 ** 16 - 1));
      // A turn is enough where the ledger is in this process; elsewhere the answer takes some.
      do await new Promise<void>((resolve) => void setImmediate(resolve));
      while (process.storeCalls > 0);
    }
  });
  expect(logs).toHaveLength(720);
});

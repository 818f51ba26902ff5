/** A process dies at each of the writes of a run in turn, just before and just after it. What was recorded does not run again. */

import { expect, test } from "vitest";
import { MillraceError } from "../contract/errors.ts";
import { allowFailure } from "../sdk/annotations.ts";
import { context } from "../sdk/context.ts";
import { now, sleep } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { transaction } from "../sdk/transactions.ts";
import type { LedgerProcess } from "../testing/ledger-process.ts";
import { withFaults } from "./faulty-store.testsuite.ts";
import { openProcesses, resumeIn } from "./processes.testsuite.ts";

/** A flow with some of everything; `ran` has the task run of each body in the order in which they began. */
function createSubject() {
  const ran: string[] = [];
  const note = (): void => void ran.push(context().taskRun?.id ?? "");
  const failures = new Set<string>();
  const committed: string[] = [];

  const add = task({ name: "add" }, async (a: number, b: number) => {
    note();
    return a + b;
  });
  const flaky = task({ name: "flaky", retries: 2, retryDelay: "1m" }, async (n: number) => {
    note();
    const attempt = `${n}/${String(context().taskRun?.attempt)}`;
    if (context().taskRun?.attempt === 1) {
      failures.add(attempt);
      throw new Error(attempt);
    }
    return n;
  });
  const broken = task({ name: "broken" }, async () => {
    note();
    throw new RangeError("always");
  });
  const shape = task({ name: "shape" }, async (rows: readonly number[]) => {
    note();
    return { rows, total: await add(rows.length, 100) };
  });
  const show = task({ name: "show" }, async (value: unknown) => {
    note();
    return value instanceof Error ? value.message : JSON.stringify(value);
  });
  const write = task({ name: "write", onCommit: () => void committed.push("write") }, async (n: number) => {
    note();
    return n;
  });
  const child = flow({ name: "child" }, async ({ n }: { n: number }) => {
    const doubled = await add(n, n);
    await sleep("10s");
    return flaky(doubled);
  });
  const subject = flow({ name: "subject" }, async () => {
    const startedAt = await now();
    const items = await Promise.all(add.map([1, 2, 3], [10, 20, 30]));
    const [shaped, nested, failed] = await Promise.all([
      shape(items),
      child({ n: 4 }),
      show(allowFailure(broken.submit())),
    ]);
    await sleep("1h");
    const again = await flaky(7);
    const shown = await show(shaped.rows);
    const written = await transaction(async () => (await write(1)) + (await write(2)));
    return { startedAt, items, total: shaped.total, nested, failed, again, shown, written };
  });
  return { subject, ran, committed };
}

type Processes = Awaited<ReturnType<typeof openProcesses>>;

async function expectedValue(): Promise<{ readonly value: unknown; readonly writes: number; readonly bodies: number }> {
  await using processes = await openProcesses();
  let writes = 0;
  await processes.open((store) => withFaults(store, () => (writes++, null)));
  const { subject, ran, committed } = createSubject();
  const value = await subject();
  expect(committed).toEqual(["write", "write"]);
  return { value, writes, bodies: ran.length };
}

/** Runs until the process dies at the write; null when the run had not begun. */
async function runUntilDeath(
  processes: Processes,
  subject: () => Promise<unknown>,
  death: Death,
): Promise<string | null> {
  let dying: LedgerProcess | null = null;
  const fault = (): Error => {
    dying?.die();
    return new MillraceError("LEASE_LOST", { id: "this", reason: "it died" });
  };
  dying = await processes.open((store) =>
    withFaults(store, (_, count) => (count === death.at ? { when: death.when, fault } : null)),
  );
  await expect(subject()).rejects.toMatchObject({ code: "LEASE_LOST" });
  const survivor = await processes.open();
  await survivor.api.endProcess(dying.engine.lease.id);
  const { items } = await survivor.api.listFlowRuns({ rootsOnly: true });
  return items[0]?.id ?? null;
}

interface Death {
  readonly at: number;
  readonly when: "before" | "after";
}

test("and the run is resumed to the same end", { timeout: 60_000 }, async () => {
  const undisturbed = await expectedValue();
  expect(undisturbed.writes).toBeGreaterThan(15);
  const deaths = Array.from({ length: undisturbed.writes }, (_, index) => index + 1).flatMap((at): Death[] => [
    { at, when: "before" },
    { at, when: "after" },
  ]);
  for (const death of deaths) {
    await using processes = await openProcesses();
    const { subject, ran } = createSubject();
    const id = await runUntilDeath(processes, subject, death);
    if (id === null) {
      expect(death).toEqual({ at: 1, when: "before" });
      continue;
    }
    const survivor = await processes.open();
    const completed = (await survivor.api.listTaskRuns({ stateTypes: ["COMPLETED"] }, { limit: 1000 })).items;
    const before = ran.length;
    const place = `died ${death.when} write ${death.at}`;
    const run = await survivor.api.readFlowRun(id);
    if (run?.state.type === "COMPLETED") {
      expect(death, place).toEqual({ at: undisturbed.writes, when: "after" });
      continue;
    }
    expect(await resumeIn(survivor, { flow: subject, id }), place).toEqual(undisturbed.value);
    const again = ran.slice(before).filter((taskRunId) => completed.some((record) => record.id === taskRunId));
    expect(again, place).toEqual([]);
  }
});

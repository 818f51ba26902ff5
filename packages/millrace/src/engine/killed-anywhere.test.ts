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

async function expectedValue(): Promise<{ readonly value: unknown; readonly writes: number }> {
  await using processes = await openProcesses();
  let writes = 0;
  await processes.open((store) => withFaults(store, () => (writes++, null)));
  const { subject, committed } = createSubject();
  const value = await subject();
  expect(committed).toEqual(["write", "write"]);
  return { value, writes };
}

/**
 * Runs until the process dies at the write; null when there was no such write: how many there are depends on which starts
 * were still waiting to be recorded with the next batch.
 */
async function runUntilDeath(
  processes: Processes,
  subject: () => Promise<unknown>,
  death: Death,
): Promise<LedgerProcess | null> {
  let dying: LedgerProcess | null = null;
  const fault = (): Error => {
    dying?.die();
    return new MillraceError("LEASE_LOST", { id: "this", reason: "it died" });
  };
  dying = await processes.open((store) =>
    withFaults(store, (_, count) => (count === death.at ? { when: death.when, fault } : null)),
  );
  const code = await subject().then(
    () => "none",
    (error: unknown) => (error as { code?: unknown }).code,
  );
  if (code === "none") return null;
  expect(code).toBe("LEASE_LOST");
  const survivor = await processes.open();
  await survivor.api.endProcess(dying.engine.lease.id);
  return survivor;
}

interface Death {
  readonly at: number;
  readonly when: "before" | "after";
}

test("and the run is resumed to the same end", { timeout: 300_000 }, async () => {
  const undisturbed = await expectedValue();
  expect(undisturbed.writes).toBeGreaterThan(15);
  const deaths = Array.from({ length: undisturbed.writes }, (_, index) => index + 1).flatMap((at): Death[] => [
    { at, when: "before" },
    { at, when: "after" },
  ]);
  let resumed = 0;
  for (const death of deaths) {
    await using processes = await openProcesses();
    const { subject, ran } = createSubject();
    const survivor = await runUntilDeath(processes, subject, death);
    const [run] = (await survivor?.api.listFlowRuns({ rootsOnly: true }))?.items ?? [];
    if (survivor === null || run === undefined || run.state.type === "COMPLETED") continue;
    resumed++;
    const completed = (await survivor.api.listTaskRuns({ stateTypes: ["COMPLETED"] }, { limit: 1000 })).items;
    const before = ran.length;
    const place = `died ${death.when} write ${death.at}`;
    const value = await resumeIn(survivor, { flow: subject, id: run.id });
    expect({ place, value }).toEqual({ place, value: undisturbed.value });
    const again = ran.slice(before).filter((taskRunId) => completed.some((record) => record.id === taskRunId));
    expect({ place, again }).toEqual({ place, again: [] });
  }
  // All but the first, before which nothing was recorded, and some at the end.
  expect(resumed).toBeGreaterThan(deaths.length - 8);
});

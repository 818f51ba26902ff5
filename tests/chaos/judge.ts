/** Holds what is left of a run against the invariants: the rows, the effects, the product's own answers, the database's. */

import type { OpenedEngine } from "../../packages/millrace/src/app/open-engine.ts";
import type { ResultRef } from "../../packages/millrace/src/contract/results.ts";
import { decodeResult } from "../../packages/millrace/src/engine/results.ts";
import type { Evidence } from "./invariants/evidence.ts";
import { findViolations } from "./invariants/find-violations.ts";
import type { LedgerUnderTest } from "./ledger-under-test.ts";
import { findLiveOnes } from "./live-processes.ts";
import { fixture, startNode } from "./processes.ts";
import { rootOf, toUuid } from "./rows.ts";

export interface Judgement {
  readonly violations: readonly string[];
  /** What the run returned; null where it did not complete. */
  readonly value: string | null;
}

export async function judge(
  evidence: Evidence,
  { ledger, expected }: { readonly ledger: LedgerUnderTest; readonly expected: string | null },
): Promise<Judgement> {
  const opened = await ledger.open();
  try {
    const value = await readValue(opened, evidence);
    const differs = expected !== null && value !== expected;
    const violations = [
      ...(differs ? [`the run returned ${value}, undisturbed it returns ${expected}`] : []),
      ...findViolations(evidence),
      ...(await checkApi(opened, evidence)),
      ...(await checkResults(opened, evidence)),
      ...((await opened.store?.check()) ?? []).map((finding) => `I11: ${finding}`),
      ...(await ledger.findDamage()).map((finding) => `I11: ${finding}`),
      ...(expected === null ? [] : await checkAftermath(ledger)),
      ...(await checkOrphans(evidence)),
    ];
    return { violations, value };
  } finally {
    await opened.close();
  }
}

async function readValue({ api, engine }: OpenedEngine, { rows }: Evidence): Promise<string | null> {
  const root = rootOf(rows);
  const run = root === undefined ? null : await api.readFlowRun(toUuid(root.id));
  if (run === null || run.state.type !== "COMPLETED" || run.result === null) return null;
  return String(await decodeResult(run.result, {}, engine.ports));
}

/** The product's own answers are what the rows say. */
async function checkApi({ api }: OpenedEngine, { rows }: Evidence): Promise<readonly string[]> {
  const problems: string[] = [];
  const { items: runs } = await api.listFlowRuns({}, "created-asc", { limit: 10_000 });
  if (runs.length !== rows.flowRuns.length) problems.push(`Api: lists ${runs.length} of ${rows.flowRuns.length} runs`);
  for (const row of rows.flowRuns) {
    const run = await api.readFlowRun(toUuid(row.id));
    if (run?.state.name !== row.stateName || run.history.length !== row.history.length) {
      problems.push(`Api: flow run ${row.id} is ${run?.state.name}, its row ${row.stateName}`);
    }
    const records = await api.readRecords(toUuid(row.id));
    const taskRuns = rows.taskRuns.filter((task) => task.flowRunId === row.id);
    if (records.length !== taskRuns.length) {
      problems.push(`Api: flow run ${row.id} has ${records.length} of ${taskRuns.length} task runs`);
    }
  }
  return problems;
}

/** Every result that a run refers to can be read. */
async function checkResults({ engine }: OpenedEngine, { rows }: Evidence): Promise<readonly string[]> {
  const refs = [...rows.flowRuns, ...rows.taskRuns].flatMap(({ id, result }) =>
    result === null ? [] : [{ id, ref: JSON.parse(result) as ResultRef }],
  );
  const problems = await Promise.all(
    refs.map(async ({ id, ref }) => {
      if (ref.storage === "none") return null;
      try {
        await decodeResult(ref, {}, engine.ports);
        return null;
      } catch (error) {
        return `results: that of ${id} cannot be read: ${String(error)}`;
      }
    }),
  );
  return problems.filter((problem) => problem !== null);
}

/** I10: the ledger takes new runs. */
async function checkAftermath(ledger: LedgerUnderTest): Promise<readonly string[]> {
  const end = await startNode([fixture("aftermath.ts")], { env: ledger.env }).ended;
  const isWell = end.code === 0 && end.stdout === "10\n";
  return isWell ? [] : [`I10: a new flow does not run on this ledger: ${end.stdout}${end.stderr}`];
}

/** I9: none of the processes that ran bodies is left. */
async function checkOrphans({ effects }: Evidence): Promise<readonly string[]> {
  const left = await findLiveOnes(new Set(effects.map(({ pid }) => pid)));
  return left.map((pid) => `I9: process ${pid}, which ran bodies, is still there`);
}

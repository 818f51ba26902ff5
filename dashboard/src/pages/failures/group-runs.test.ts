import type { Condition, FailureGroup } from "millrace/client";
import { expect, test } from "vitest";
import { findRunsOf, maxRuns } from "./group-runs.ts";

function groupOf(ids: readonly string[], count: number): FailureGroup {
  return {
    fingerprint: "f",
    taskName: null,
    flowNames: ["etl"],
    count,
    flowRunCount: count,
    firstAt: 0,
    lastAt: 1,
    newest: ids.map((flowRunId) => ({ flowRunId, taskRunId: null, at: 1 })),
    stateType: "FAILED",
    errorName: null,
    errorCode: null,
    message: "boom",
  };
}

/** A server with so many failures, which names five of them at a time. */
function serverOf(count: number) {
  const all = Array.from({ length: count }, (_, index) => `run-${index}`);
  const known = ({ where }: { readonly where?: Condition }): readonly string[] => {
    const text = JSON.stringify(where);
    return all.filter((id) => text.includes(`"${id}"`));
  };
  return async (request: { readonly where?: Condition }) => {
    const asked = new Set(known(request));
    const rest = all.filter((id) => !asked.has(id));
    const items = rest.length === 0 ? [] : [groupOf(rest.slice(0, 5), rest.length)];
    return { items, next: null, isCut: false };
  };
}

test("the runs of a group are found, a few at a time", async () => {
  const first = ["run-0", "run-1", "run-2", "run-3", "run-4"];
  expect(await findRunsOf(groupOf(first, 12), { since: 0, ask: serverOf(12) })).toHaveLength(12);
});

test("no more than so many are looked for", async () => {
  const found = await findRunsOf(groupOf(["run-0"], 300), { since: 0, ask: serverOf(300) });
  expect(found).toHaveLength(maxRuns);
});

test("runs that are gone meanwhile end the search", async () => {
  expect(await findRunsOf(groupOf(["run-0"], 9), { since: 0, ask: serverOf(1) })).toEqual(["run-0"]);
});

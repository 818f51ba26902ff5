/** What the dashboard offers to copy is given to the command line, and both choose the same runs of one ledger. */

import { execFileSync } from "node:child_process";
import { beforeAll, expect, test } from "vitest";
import { toBulkCommand, toRetryCommand } from "../../../../../../../dashboard/src/pages/runs/bulk-command.ts";
import { type RunsSearch, toCondition } from "../../../../../../../dashboard/src/pages/runs/runs-search.ts";
import { families } from "../../../../../../../dashboard/src/states/families.ts";
import type { StateType } from "../../../../contract/states.ts";
import { createRandom } from "../../../../kit/random.ts";
import { aFlowRun } from "../../../../store/suite/samples.testsuite.ts";
import { createCommandLine } from "../../../in-process.testsuite.ts";
import { seedDeployments } from "../../../seed-deployments.testsuite.ts";
import type { Changed } from "./change-many.ts";

const ledger = createCommandLine();
const now = Date.parse("2026-11-26T12:00:30Z");
const hour = 3_600_000;

const states: readonly (readonly [StateType, string])[] = [
  ["SCHEDULED", "Scheduled"],
  ["SCHEDULED", "Late"],
  ["SCHEDULED", "AwaitingRetry"],
  ["PENDING", "Late"],
  ["RUNNING", "Retrying"],
  ["PAUSED", "Suspended"],
  ["PAUSED", "TimedOut"],
  ["CANCELLING", "Cancelling"],
  ["COMPLETED", "Cached"],
  ["FAILED", "Failed"],
  ["FAILED", "TimedOut"],
  ["FAILED", "Late"],
  ["CRASHED", "AwaitingRetry"],
  ["CRASHED", "Crashed"],
  ["CANCELLED", "Skipped"],
];
const flows = ["etl", "nightly-report", "--flow", "it's"];
const names = ["nightly load", "100% `sure` $(no)", "--state", "it's"];
const tags = ["a", "with, comma", "-t"];

let ids: readonly string[] = [];
let deployment = "";

/** Of each state some: of each flow, with each name and tag, of a deployment and of none, a root and in another. */
beforeAll(async () => {
  ids = await ledger.seed(async (api) => {
    const { nightly } = await seedDeployments(api);
    deployment = nightly.id;
    const root = aFlowRun();
    const runs = states.flatMap(([type, name], index) =>
      [0, 1, 2, 3].map((nth) => {
        const at = now - (index * 4 + nth) * hour;
        return aFlowRun({
          flowName: flows[(index + nth) % 4] ?? "",
          name: names[nth] ?? "",
          tags: [tags[index % 3] ?? "", ...(nth === 0 ? ["a"] : [])],
          ...(nth % 2 === 0 ? { deploymentId: nightly.id } : {}),
          ...(nth === 3 ? { parentRunId: root.id, rootRunId: root.id } : {}),
          states: [{ type, name, at, ...(type === "SCHEDULED" ? { details: { scheduledAt: at } } : {}) }],
        });
      }),
    );
    await api.record({ processId: root.id, created: [root, ...runs] });
    return runs.map(({ id }) => id);
  });
});

/** As the shell hands it on. */
function wordsOf(command: string): readonly string[] {
  const [millrace, ...words] = execFileSync("sh", ["-c", `printf '%s\\0' ${command}`], { encoding: "utf8" }).split(
    "\0",
  );
  expect(millrace).toBe("millrace");
  return words.slice(0, -1);
}

async function chosenBy(command: string): Promise<readonly string[]> {
  const told = await ledger.json<Changed>(...wordsOf(command));
  expect(told.changed.length + told.refused.length).toBe(told.matched);
  return [...told.changed, ...told.refused.map(({ id }) => id)].toSorted();
}

async function listed(search: RunsSearch): Promise<readonly string[]> {
  const page = await ledger.seed((api) =>
    api.listFlowRunRows({ where: toCondition(search, now) }, "created-asc", { limit: 1000 }),
  );
  return page.items.map(({ id }) => id).toSorted();
}

/** A part of the filters that the page has, each with a value that some of the runs have. */
function aSearch(random: () => number): RunsSearch {
  const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const some = <T extends object>(part: number, make: () => T): T | object => (random() < part ? make() : {});
  return {
    ...some(0.7, () => ({ state: families.filter(() => random() < 0.4) })),
    ...some(0.2, () => ({ flow: one(flows) })),
    ...some(0.2, () => ({ deployment })),
    ...some(0.3, () => ({ tag: one(tags) })),
    ...some(0.3, () => ({ q: one([...names, "NIGHTLY", "-", "%"]) })),
    ...some(0.3, () => ({ since: one(["1h", "24h", "7d"] as const) })),
    ...some(0.3, () => ({ from: now - Math.floor(random() * 60) * hour })),
    ...some(0.3, () => ({ to: now - Math.floor(random() * 60) * hour })),
    ...some(0.5, () => ({ subflows: true as const })),
  };
}

test("all that a list shows are the runs that its command means, whatever its filters are", async () => {
  const random = createRandom("copied commands");
  let found = 0;
  const single: readonly RunsSearch[] = families.map((family) => ({ state: [family], subflows: true }));
  for (const drawn of [{}, ...single, ...Array.from({ length: 150 }, () => aSearch(random))]) {
    const search = "state" in drawn && drawn.state?.length === 0 ? { ...drawn, state: [...families] } : drawn;
    const command = toBulkCommand({ action: "cancel", search, ids: null, now });
    expect(command).not.toBeNull();
    const expected = await listed(search);
    expect(await chosenBy(command ?? ""), command ?? "").toEqual(expected);
    found += expected.length;
  }
  expect(found).toBeGreaterThan(500);
});

test("runs that are chosen one by one are named, those of subflows too", async () => {
  const chosen = ids.slice(0, 4);
  for (const action of ["cancel", "retry", "resume", "delete"] as const) {
    const command = toBulkCommand({ action, search: { flow: "etl" }, ids: chosen, now });
    expect(await chosenBy(command ?? "")).toEqual(chosen.toSorted());
  }
  expect(await chosenBy(`${toRetryCommand(ids[3] ?? "")} --dry-run`)).toEqual([ids[3]]);
});

test("no command is offered where none would mean the same", () => {
  const of = (search: RunsSearch, chosen: readonly string[] | null = null) =>
    toBulkCommand({ action: "delete", search, ids: chosen, now });
  expect(
    of(
      {},
      Array.from({ length: 51 }, (_, index) => String(index)),
    ),
  ).toBeNull();
  expect(of({ deployment: "etl/nightly" })).toBeNull();
  expect(of({ from: 1e20 })).toBeNull();
  expect(of({ to: -1e15 })).toBeNull();
});

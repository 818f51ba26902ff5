import { describe, expect, test } from "vitest";
import type { ResourceMatch } from "../../contract/automations.ts";
import { toMetricCondition } from "./metric-condition.ts";

const id = "0190b5c8-0000-7000-8000-0000000000aa";

/** What is asked for beside when the runs have ended. */
function narrowed(more: Partial<ResourceMatch>): readonly unknown[] {
  const condition = toMetricCondition({ match: {}, matchRelated: [], ...more }, { from: 5 });
  if (!("all" in condition)) throw new Error("It is a list");
  expect(condition.all[0]).toEqual({ field: "endedAt", atLeast: 5 });
  return condition.all.slice(1);
}

describe("the runs that a metric is measured of", () => {
  test("have ended within the range", () => {
    expect(toMetricCondition({ match: {}, matchRelated: [] }, { from: 5, to: 9 })).toEqual({
      all: [{ field: "endedAt", atLeast: 5, atMost: 9 }],
    });
  });

  test.each<readonly [string, Partial<ResourceMatch>, readonly unknown[]]>([
    ["a run", { match: { id: `millrace.flow-run.${id}` } }, [{ field: "id", in: [id] }]],
    ["runs by name", { match: { name: ["a", "b"] } }, [{ field: "name", in: ["a", "b"] }]],
    ["runs whose name begins so", { match: { name: "night*" } }, [{ any: [{ field: "name", startsWith: "night" }] }]],
    [
      "a deployment by id",
      { matchRelated: [{ role: "deployment", id: `millrace.deployment.${id}` }] },
      [{ field: "deploymentId", in: [id] }],
    ],
    [
      "one by an id that says what it is",
      { matchRelated: [{ id: `millrace.deployment.${id}` }] },
      [{ field: "deploymentId", in: [id] }],
    ],
    [
      "one by name",
      { matchRelated: [{ role: "deployment", name: "nightly" }] },
      [{ related: "deployment", where: { field: "name", in: ["nightly"] } }],
    ],
    ["a flow", { matchRelated: [{ role: "flow", name: "etl" }] }, [{ field: "flowName", in: ["etl"] }]],
    [
      "a queue",
      { matchRelated: [{ role: "work-queue", id: `millrace.work-queue.${id}`, name: "q*" }] },
      [
        {
          all: [
            { field: "workQueueId", in: [id] },
            { related: "work-queue", where: { any: [{ field: "name", startsWith: "q" }] } },
          ],
        },
      ],
    ],
    [
      "a pool, which a run may have by its queue",
      { matchRelated: [{ role: "work-pool", name: "gpu" }] },
      [
        {
          any: [
            { related: "work-pool", where: { field: "name", in: ["gpu"] } },
            { related: "work-queue", where: { related: "work-pool", where: { field: "name", in: ["gpu"] } } },
          ],
        },
      ],
    ],
    [
      "a tag, of the run or of what is around it",
      { matchRelated: [{ id: "millrace.tag.prod" }] },
      [
        {
          any: [
            { field: "tags", hasAny: ["prod"] },
            { related: "deployment", where: { field: "tags", hasAny: ["prod"] } },
            { related: "flow", where: { field: "tags", hasAny: ["prod"] } },
            { field: "parentTaskRunId", isNull: false },
          ],
        },
      ],
    ],
  ])("are asked for by %s", (_, match, wanted) => {
    expect(narrowed(match)).toEqual(wanted);
  });

  test.each<readonly [string, Partial<ResourceMatch>]>([
    ["a negation", { match: { name: "!a" } }],
    ["a pattern beside what is exact", { match: { name: ["a", "b?"] } }],
    ["every id", { match: { id: "millrace.flow-run.*" } }],
    ["an id that is none", { match: { id: "millrace.flow-run.1" } }],
    ["a role of which several are meant", { matchRelated: [{ role: ["flow", "deployment"], name: "a" }] }],
    ["a role that is told by nothing", { matchRelated: [{ name: "etl" }, {}] }],
    ["one of what no run is asked for by", { matchRelated: [{ role: "creator", id: `millrace.automation.${id}` }] }],
  ])("are not narrowed by %s: that is looked at afterwards", (_, match) => {
    expect(narrowed(match)).toEqual([]);
  });
});

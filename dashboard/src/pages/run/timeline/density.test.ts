import { expect, test } from "vitest";
import { families } from "../../../states/families.ts";
import { toDensities } from "./density.ts";

test("counts states by what they are called: what timed out is no failure", () => {
  const [load] = toDensities(
    {
      from: 0,
      bucketMs: 10,
      buckets: [0, 0, 2],
      tasks: [0, 0, 0],
      stateTypes: ["FAILED", "FAILED", "COMPLETED"],
      stateNames: ["Failed", "TimedOut", "Completed"],
      counts: [1, 4, 2],
    },
    ["load"],
  );
  const countOf = (family: (typeof families)[number]) => load?.counts[families.indexOf(family)];
  expect([countOf("failed"), countOf("crashed"), countOf("completed"), load?.total]).toEqual([1, 4, 2, 7]);
  expect([...(load?.byFamily[families.indexOf("crashed")] ?? [])]).toEqual([4, 0, 0]);
});

import { expect, test } from "vitest";
import type { GraphNode } from "./graph-model.ts";
import { findNode, readGraphSearch, toNodeKey } from "./graph-search.ts";

const nodes = ["load", "fit", "load", "fit#2", "fit"].map(
  (name, index): GraphNode => ({
    index,
    name,
    count: 1,
    done: 0,
    counts: [],
    worst: "waiting",
    isSubflow: false,
    childFlowRunIds: [],
  }),
);

test("a task is found again by what stands in the address, also where several are called so", () => {
  for (const index of [0, 1, 2, 3]) expect(findNode({ nodes }, toNodeKey({ nodes }, index))).toBe(index);
  expect(toNodeKey({ nodes }, 2)).toBe("load#2");
  expect(findNode({ nodes }, "gone")).toBeNull();
  expect(findNode({ nodes }, "load#9")).toBeNull();
});

test("an address that somebody has typed is read as far as it says something", () => {
  expect(readGraphSearch({ node: 7, find: "", arrows: "none" })).toEqual({ node: "7" });
  expect(readGraphSearch({ find: "lo", arrows: "all", tab: "graph" })).toEqual({ find: "lo", arrows: "all" });
});

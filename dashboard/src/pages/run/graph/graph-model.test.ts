import { expect, test } from "vitest";
import { findNeeded, type GraphEdge } from "./graph-model.ts";

const takes = (from: number, to: number): GraphEdge => ({ from, to, kind: "takes", label: "" });

test("an edge that a longer way says already is not needed", () => {
  expect(findNeeded(3, [takes(0, 1), takes(1, 2), takes(0, 2)])).toEqual([true, true, false]);
});

test("edges of a diamond are all needed", () => {
  expect(findNeeded(4, [takes(0, 1), takes(0, 2), takes(1, 3), takes(2, 3)])).toEqual([true, true, true, true]);
});

test("calls and edges to itself stay, and cycles lose nothing", () => {
  expect(findNeeded(2, [takes(0, 0), { ...takes(0, 1), kind: "calls" }, takes(1, 0)])).toEqual([true, true, true]);
});

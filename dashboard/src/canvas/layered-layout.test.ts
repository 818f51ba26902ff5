import fc from "fast-check";
import { expect, test } from "vitest";
import { layOut, type LayoutEdge } from "./layered-layout.ts";

const size = { nodeWidth: 100, nodeHeight: 30, layerGap: 60, nodeGap: 10 };

const graphs = fc.integer({ min: 1, max: 40 }).chain((nodeCount) =>
  fc.record({
    nodeCount: fc.constant(nodeCount),
    edges: fc.array(
      fc.record({ from: fc.integer({ min: 0, max: nodeCount - 1 }), to: fc.integer({ min: 0, max: nodeCount - 1 }) }),
      { maxLength: 80 },
    ),
  }),
);

test("no two nodes overlap, whatever the graph", () => {
  fc.assert(
    fc.property(graphs, ({ nodeCount, edges }) => {
      const { x, y } = layOut({ ...size, nodeCount, edges });
      for (let a = 0; a < nodeCount; a++) {
        for (let b = 0; b < a; b++) {
          const isApart = x[a] !== x[b] || Math.abs((y[a] ?? 0) - (y[b] ?? 0)) >= size.nodeHeight + size.nodeGap - 1e-6;
          expect(isApart, `${a} and ${b}`).toBe(true);
        }
      }
    }),
  );
});

test("edges point forward where there is no cycle", () => {
  fc.assert(
    fc.property(graphs, ({ nodeCount, edges }) => {
      const acyclic = edges.filter(({ from, to }) => from < to);
      const { x } = layOut({ ...size, nodeCount, edges: acyclic });
      for (const { from, to } of acyclic) expect(x[from]).toBeLessThan(x[to] ?? 0);
    }),
  );
});

test("the same graph has the same picture, within its size", () => {
  fc.assert(
    fc.property(graphs, ({ nodeCount, edges }) => {
      const first = layOut({ ...size, nodeCount, edges });
      expect(layOut({ ...size, nodeCount, edges })).toEqual(first);
      for (let node = 0; node < nodeCount; node++) {
        expect((first.x[node] ?? 0) + size.nodeWidth).toBeLessThanOrEqual(first.width + 1e-6);
        expect(first.y[node]).toBeGreaterThanOrEqual(-1e-6);
        expect((first.y[node] ?? 0) + size.nodeHeight).toBeLessThanOrEqual(first.height + 1e-6);
      }
    }),
  );
});

test("a cycle is drawn, and an edge to itself", () => {
  const edges = [
    { from: 0, to: 1 },
    { from: 1, to: 2 },
    { from: 2, to: 0 },
    { from: 1, to: 1 },
  ];
  const { layers } = layOut({ ...size, nodeCount: 3, edges });
  expect([...layers]).toEqual([0, 1, 2]);
});

test("a chain is straight", () => {
  const edges = Array.from({ length: 50 }, (_, from) => ({ from, to: from + 1 }));
  expect(new Set(layOut({ ...size, nodeCount: 51, edges }).y)).toEqual(new Set([0]));
});

test.each([
  ["a chain of 2,000", 2000, (index: number): readonly LayoutEdge[] => [{ from: index, to: index + 1 }]],
  ["a fan of 2,000", 2000, (index: number): readonly LayoutEdge[] => [{ from: 0, to: index + 1 }]],
])("%s comes to an end", (_, count, toEdges) => {
  const edges = Array.from({ length: count - 1 }, (_each, index) => toEdges(index)).flat();
  expect(layOut({ ...size, nodeCount: count, edges }).x).toHaveLength(count);
});

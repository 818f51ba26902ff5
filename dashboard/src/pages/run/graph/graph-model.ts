/** The graph of a run as it is drawn: nodes with what became of them, and edges of what was taken and what was called. */

import type { RunGraph } from "millrace/client";
import { families, type Family, lookOf } from "../../../states/families.ts";

export interface GraphNode {
  readonly index: number;
  readonly name: string;
  readonly count: number;
  readonly done: number;
  /** How many are in each family, in the order of `families`. */
  readonly counts: readonly number[];
  /** The family that a person should know of first. */
  readonly worst: Family;
  readonly isSubflow: boolean;
  readonly childFlowRunIds: readonly string[];
}

export interface GraphEdge {
  readonly from: number;
  readonly to: number;
  /** `takes`: the result of one is an input of the other. `calls`: it was called in the other's body. */
  readonly kind: "takes" | "calls";
  readonly label: string;
}

export interface GraphModel {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** The same for the same nodes and edges, whatever their states: where things are depends on it alone. */
  readonly shape: string;
}

export function toGraphModel(graph: RunGraph): GraphModel {
  const nodes = graph.nodes.map((node, index): GraphNode => {
    const counts = families.map(() => 0);
    for (const { stateType, stateName, count } of node.states) {
      const family = families.indexOf(lookOf({ type: stateType, name: stateName }).family);
      counts[family] = (counts[family] ?? 0) + count;
    }
    const done = (counts[families.indexOf("completed")] ?? 0) + (counts[families.indexOf("inert")] ?? 0);
    const worst = families.find((_, family) => (counts[family] ?? 0) > 0) ?? "waiting";
    return {
      index,
      name: node.taskName,
      count: node.count,
      done,
      counts,
      worst,
      isSubflow: node.kind === "flow",
      childFlowRunIds: node.childFlowRunIds,
    };
  });
  const takes = graph.edges.map(
    ({ from, to, parameters }): GraphEdge => ({ from, to, kind: "takes", label: parameters.join(", ") }),
  );
  const calls = graph.nodes.flatMap(({ parent }, to): GraphEdge[] =>
    parent === null ? [] : [{ from: parent, to, kind: "calls", label: "" }],
  );
  const edges = [...takes, ...calls];
  const shape = `${nodes.length} ${edges.map(({ from, to }) => `${from}>${to}`).join(" ")}`;
  return { nodes, edges, shape };
}

/** Above so many nodes all edges are shown: what can be left out takes longer to find than to draw. */
const maxReduced = 1500;

/** Which edges are not said by others already: an edge from a to c is left out where there is a way from a over b to c. */
export function findNeeded(nodeCount: number, edges: readonly GraphEdge[]): readonly boolean[] {
  if (nodeCount > maxReduced) return edges.map(() => true);
  const out: number[][] = Array.from({ length: nodeCount }, () => []);
  for (const { from, to } of edges) if (from !== to) out[from]?.push(to);
  // What can be reached from each node, as bits; found once a node.
  const words = Math.ceil(nodeCount / 32);
  const reach: (Uint32Array | undefined)[] = Array.from({ length: nodeCount });
  const order = depthFirst(nodeCount, out);
  for (const node of order) {
    const bits = new Uint32Array(words);
    for (const to of out[node] ?? []) {
      bits[to >> 5] = (bits[to >> 5] ?? 0) | (1 << (to & 31));
      const further = reach[to];
      if (further !== undefined)
        for (let word = 0; word < words; word++) bits[word] = (bits[word] ?? 0) | (further[word] ?? 0);
    }
    reach[node] = bits;
  }
  const reaches = (from: number, to: number): boolean => (((reach[from]?.[to >> 5] ?? 0) >>> (to & 31)) & 1) === 1;
  return edges.map(({ from, to, kind }) => {
    if (kind === "calls" || from === to) return true;
    return !(out[from] ?? []).some(
      (other) => other !== to && other !== from && reaches(other, to) && !reaches(to, other),
    );
  });
}

/** Each after all that it leads to, where there is no cycle. */
function depthFirst(nodeCount: number, out: readonly (readonly number[])[]): readonly number[] {
  const order: number[] = [];
  const seen = new Uint8Array(nodeCount);
  for (let start = 0; start < nodeCount; start++) {
    if (seen[start] === 1) continue;
    seen[start] = 1;
    const way = [{ node: start, next: 0 }];
    for (let step = way.at(-1); step !== undefined; step = way.at(-1)) {
      const to = out[step.node]?.[step.next++];
      if (to === undefined) {
        order.push(step.node);
        way.pop();
      } else if (seen[to] === 0) {
        seen[to] = 1;
        way.push({ node: to, next: 0 });
      }
    }
  }
  return order;
}

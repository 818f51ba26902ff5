/** Where the nodes of a graph are, and which of its edges say something that others do not. It depends on its shape alone. */

import { type Layout, layOut } from "../../../canvas/layered-layout.ts";
import { nodeHeight, nodeWidth } from "./draw-graph.ts";
import { findNeeded, type GraphEdge } from "./graph-model.ts";

export interface Shape {
  readonly nodeCount: number;
  readonly edges: readonly GraphEdge[];
}

export interface Arrangement {
  readonly layout: Layout;
  /** Of each edge. */
  readonly needed: readonly boolean[];
}

const gaps = { layerGap: 70, nodeGap: 16 };

export function arrange({ nodeCount, edges }: Shape): Arrangement {
  return {
    layout: layOut({ nodeCount, edges, nodeWidth, nodeHeight, ...gaps }),
    needed: findNeeded(nodeCount, edges),
  };
}

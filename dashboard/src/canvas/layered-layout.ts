/**
 * Places for the nodes of a directed graph, in layers from left to right, so that every edge points forward.
 *
 * The method is that of Sugiyama, Tagawa and Toda (1981): edges that close a cycle are turned round; a node's layer is the
 * longest way to it; within layers nodes are ordered by the mean place of their neighbours, sweep by sweep, with stand-ins
 * where an edge passes a layer; and places are moved towards the neighbours as far as the order allows. Each sweep takes
 * time in proportion to nodes and edges. The same graph always has the same picture.
 */

export interface LayoutEdge {
  readonly from: number;
  readonly to: number;
}

export interface LayoutOptions {
  readonly nodeCount: number;
  readonly edges: readonly LayoutEdge[];
  /** The size of a node, and the room between layers and between neighbours, in pixels. */
  readonly nodeWidth: number;
  readonly nodeHeight: number;
  readonly layerGap: number;
  readonly nodeGap: number;
}

export interface Layout {
  /** The left upper corner of each node. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly layers: Int32Array;
  readonly width: number;
  readonly height: number;
  /** Of each edge, in the order given: where it passes the layers between its ends, as heights of their middles. */
  readonly bends: readonly (readonly { readonly x: number; readonly y: number }[])[];
}

const sweeps = 8;
/** Edges are led round the nodes between their ends as long as this takes no more stand-ins. */
const maxStandIns = 20_000;

export function layOut(options: LayoutOptions): Layout {
  const { nodeCount, edges, nodeWidth, nodeHeight, layerGap, nodeGap } = options;
  const forward = turnForward(nodeCount, edges);
  const layers = layerOf(nodeCount, forward);
  const graph = addStandIns({ nodeCount, forward, layers });
  const rows = orderLayers(graph);
  const pitch = nodeHeight + nodeGap;
  const middles = placeRows(graph, rows, pitch);

  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (const middle of middles) {
    least = Math.min(least, middle);
    most = Math.max(most, middle);
  }
  if (least === Number.POSITIVE_INFINITY) least = 0;
  const toLeft = (layer: number): number => layer * (nodeWidth + layerGap);
  const x = new Float64Array(nodeCount);
  const y = new Float64Array(nodeCount);
  let last = 0;
  for (let node = 0; node < nodeCount; node++) {
    const layer = layers[node] ?? 0;
    last = Math.max(last, layer);
    x[node] = toLeft(layer);
    y[node] = (middles[node] ?? 0) - least;
  }
  const bends = graph.passing.map((standIns, edge) => {
    const points = standIns.map((standIn) => ({
      x: toLeft(graph.layers[standIn] ?? 0) + nodeWidth / 2,
      y: (middles[standIn] ?? 0) - least + nodeHeight / 2,
    }));
    return forward[edge]?.isTurned === true ? points.reverse() : points;
  });
  return {
    x,
    y,
    layers,
    width: nodeCount === 0 ? 0 : toLeft(last) + nodeWidth,
    height: nodeCount === 0 ? 0 : most - least + nodeHeight,
    bends,
  };
}

interface ForwardEdge extends LayoutEdge {
  readonly isTurned: boolean;
}

/** Edges that lead back to where one came from are turned round. Those from a node to itself stay. */
function turnForward(nodeCount: number, edges: readonly LayoutEdge[]): readonly ForwardEdge[] {
  const out: number[][] = Array.from({ length: nodeCount }, () => []);
  for (const [index, { from }] of edges.entries()) out[from]?.push(index);
  // 0: not seen, 1: on the way, 2: done.
  const marks = new Uint8Array(nodeCount);
  const turned = new Uint8Array(edges.length);
  for (let start = 0; start < nodeCount; start++) {
    if (marks[start] !== 0) continue;
    const way: { node: number; next: number }[] = [{ node: start, next: 0 }];
    marks[start] = 1;
    while (way.length > 0) {
      const step = way[way.length - 1];
      if (step === undefined) break;
      const edge = out[step.node]?.[step.next++];
      if (edge === undefined) {
        marks[step.node] = 2;
        way.pop();
        continue;
      }
      const to = edges[edge]?.to ?? 0;
      if (marks[to] === 1) turned[edge] = 1;
      else if (marks[to] === 0) {
        marks[to] = 1;
        way.push({ node: to, next: 0 });
      }
    }
  }
  return edges.map(({ from, to }, index) =>
    turned[index] === 1 && from !== to ? { from: to, to: from, isTurned: true } : { from, to, isTurned: false },
  );
}

/** The longest way to each node, in edges. */
function layerOf(nodeCount: number, edges: readonly LayoutEdge[]): Int32Array {
  const layers = new Int32Array(nodeCount);
  const open = new Int32Array(nodeCount);
  const out: number[][] = Array.from({ length: nodeCount }, () => []);
  for (const { from, to } of edges) {
    if (from === to) continue;
    out[from]?.push(to);
    open[to] = (open[to] ?? 0) + 1;
  }
  const ready: number[] = [];
  for (let node = 0; node < nodeCount; node++) if (open[node] === 0) ready.push(node);
  for (let at = 0; at < ready.length; at++) {
    const node = ready[at] ?? 0;
    for (const to of out[node] ?? []) {
      layers[to] = Math.max(layers[to] ?? 0, (layers[node] ?? 0) + 1);
      open[to] = (open[to] ?? 0) - 1;
      if (open[to] === 0) ready.push(to);
    }
  }
  return layers;
}

interface LayeredGraph {
  /** Of nodes and stand-ins. */
  readonly layers: readonly number[];
  readonly before: readonly (readonly number[])[];
  readonly after: readonly (readonly number[])[];
  /** The stand-ins of each edge, from left to right. */
  readonly passing: readonly (readonly number[])[];
}

function addStandIns(given: {
  readonly nodeCount: number;
  readonly forward: readonly LayoutEdge[];
  readonly layers: Int32Array;
}): LayeredGraph {
  const { nodeCount, forward, layers: nodeLayers } = given;
  const layers = Array.from(nodeLayers);
  const before: number[][] = Array.from({ length: nodeCount }, () => []);
  const after: number[][] = Array.from({ length: nodeCount }, () => []);
  const needed = forward.reduce(
    (sum, { from, to }) => sum + Math.max(0, (layers[to] ?? 0) - (layers[from] ?? 0) - 1),
    0,
  );
  const isLed = needed <= maxStandIns;
  const link = (from: number, to: number): void => {
    after[from]?.push(to);
    before[to]?.push(from);
  };
  const passing = forward.map(({ from, to }) => {
    if (from === to) return [];
    const standIns: number[] = [];
    let last = from;
    if (isLed) {
      for (let layer = (layers[from] ?? 0) + 1; layer < (layers[to] ?? 0); layer++) {
        const standIn = layers.length;
        layers.push(layer);
        before.push([]);
        after.push([]);
        link(last, standIn);
        standIns.push(standIn);
        last = standIn;
      }
    }
    link(last, to);
    return standIns;
  });
  return { layers, before, after, passing };
}

/** Of each layer its nodes from top to bottom. */
function orderLayers({ layers, before, after }: LayeredGraph): number[][] {
  const rows: number[][] = [];
  for (const [node, layer] of layers.entries()) {
    rows[layer] ??= [];
    rows[layer].push(node);
  }
  const places = new Float64Array(layers.length);
  const means = new Float64Array(layers.length);
  const number = (row: readonly number[]): void => {
    for (const [place, node] of row.entries()) places[node] = place;
  };
  for (const row of rows) number(row);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const isForward = sweep % 2 === 0;
    const neighbours = isForward ? before : after;
    for (const row of isForward ? rows : rows.toReversed()) {
      for (const node of row) means[node] = meanOf(neighbours[node] ?? [], places) ?? places[node] ?? 0;
      row.sort((a, b) => (means[a] ?? 0) - (means[b] ?? 0) || a - b);
      number(row);
    }
  }
  return rows;
}

function meanOf(nodes: readonly number[], places: Float64Array): number | null {
  if (nodes.length === 0) return null;
  let sum = 0;
  for (const node of nodes) sum += places[node] ?? 0;
  return sum / nodes.length;
}

/** Heights: towards the neighbours, in order and never closer than the pitch. */
function placeRows(graph: LayeredGraph, rows: readonly (readonly number[])[], pitch: number): Float64Array {
  const places = new Float64Array(graph.layers.length);
  const tallest = rows.reduce((most, row) => Math.max(most, row.length), 0);
  for (const row of rows) {
    const top = ((tallest - row.length) * pitch) / 2;
    for (const [place, node] of row.entries()) places[node] = top + place * pitch;
  }
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const isForward = sweep % 2 === 0;
    for (const row of isForward ? rows : rows.toReversed()) {
      const neighbours = isForward ? graph.before : graph.after;
      const wished = row.map((node) => meanOf(neighbours[node] ?? [], places) ?? places[node] ?? 0);
      spread(row, wished, { places, pitch });
    }
  }
  return places;
}

/**
 * The places nearest to those wished, in the least squares, that keep the order and the pitch: neighbours that come too close
 * are moved as one block (pool adjacent violators).
 */
function spread(
  row: readonly number[],
  wished: readonly number[],
  { places, pitch }: { readonly places: Float64Array; readonly pitch: number },
): void {
  const blocks: { sum: number; count: number }[] = [];
  for (const [at, wish] of wished.entries()) {
    let block = { sum: wish - at * pitch, count: 1 };
    for (
      let last = blocks.at(-1);
      last !== undefined && last.sum / last.count > block.sum / block.count;
      last = blocks.at(-1)
    ) {
      blocks.pop();
      block = { sum: block.sum + last.sum, count: block.count + last.count };
    }
    blocks.push(block);
  }
  let at = 0;
  for (const { sum, count } of blocks) {
    for (let within = 0; within < count; within++, at++) {
      const node = row[at];
      if (node !== undefined) places[node] = sum / count + at * pitch;
    }
  }
}

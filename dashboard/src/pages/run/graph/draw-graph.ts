/** The graph's drawing, in three levels: points from afar, names nearer, and cards from near. */

import type { Inks } from "../../../canvas/inks.ts";
import type { Layout } from "../../../canvas/layered-layout.ts";
import { toShortCount } from "../../../format/number.ts";
import { families, glyphPaths, lookOfFamily } from "../../../states/families.ts";
import type { GraphEdge, GraphModel, GraphNode } from "./graph-model.ts";

export const nodeWidth = 190;
export const nodeHeight = 44;

/** From graph to canvas: `x * scale + dx`. */
export interface Camera {
  readonly scale: number;
  readonly dx: number;
  readonly dy: number;
}

export interface GraphPicture {
  readonly model: GraphModel;
  readonly layout: Layout;
  readonly needed: readonly boolean[];
  readonly camera: Camera;
  readonly inks: Inks;
  readonly width: number;
  readonly height: number;
  readonly selected: number | null;
  readonly hovered: number | null;
}

/** Of what shows where an edge leads, in the graph's own px. */
const headLength = 8;

/** Below these scales there are no cards, and no names. */
const cardScale = 0.6;
const nameScale = 0.3;

export function drawGraph(context: CanvasRenderingContext2D, picture: GraphPicture): void {
  const { camera, inks, width, height, model } = picture;
  context.fillStyle = inks.background;
  context.fillRect(0, 0, width, height);
  context.save();
  context.translate(camera.dx, camera.dy);
  context.scale(camera.scale, camera.scale);
  drawEdges(context, picture);
  for (const node of model.nodes) if (isInView(picture, node.index)) drawNode(context, picture, node);
  context.restore();
}

function isInView({ layout, camera, width, height }: GraphPicture, node: number): boolean {
  const x = (layout.x[node] ?? 0) * camera.scale + camera.dx;
  const y = (layout.y[node] ?? 0) * camera.scale + camera.dy;
  return x < width && y < height && x + nodeWidth * camera.scale > 0 && y + nodeHeight * camera.scale > 0;
}

function drawEdges(context: CanvasRenderingContext2D, picture: GraphPicture): void {
  const { model, needed, selected, hovered, inks, camera } = picture;
  const near = selected ?? hovered;
  context.lineWidth = Math.max(1, 0.8 / camera.scale);
  for (const pass of ["far", "near"] as const) {
    for (const kind of ["takes", "calls"] as const) {
      context.beginPath();
      for (const [index, edge] of model.edges.entries()) {
        const isNear = near !== null && (edge.from === near || edge.to === near);
        if (edge.kind !== kind || needed[index] === false || isNear !== (pass === "near")) continue;
        traceEdge(context, picture, { edge, index });
      }
      context.setLineDash(kind === "calls" ? [4, 4] : []);
      context.strokeStyle = pass === "near" ? inks.accent : inks.faint;
      context.globalAlpha = pass === "near" || near === null ? 1 : 0.45;
      context.stroke();
      if (camera.scale < nameScale) continue;
      context.beginPath();
      for (const [index, edge] of model.edges.entries()) {
        const isNear = near !== null && (edge.from === near || edge.to === near);
        if (edge.kind === kind && needed[index] !== false && isNear === (pass === "near"))
          traceHead(context, picture, edge);
      }
      context.fillStyle = pass === "near" ? inks.accent : inks.faint;
      context.fill();
    }
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** From the right side of one to the left of the other, through the gaps in the layers between. */
function traceEdge(
  context: CanvasRenderingContext2D,
  { layout }: GraphPicture,
  { edge, index }: { readonly edge: GraphEdge; readonly index: number },
): void {
  const { from, to } = edge;
  let x = (layout.x[from] ?? 0) + nodeWidth;
  let y = (layout.y[from] ?? 0) + nodeHeight / 2;
  if (from === to) {
    context.moveTo(x - 24, y - nodeHeight / 2);
    context.bezierCurveTo(x - 24, y - nodeHeight, x + 18, y - nodeHeight, x, y - 6);
    return;
  }
  const isBack = (layout.x[to] ?? 0) <= (layout.x[from] ?? 0);
  if (isBack) x -= nodeWidth;
  context.moveTo(x, y);
  const end = { x: (layout.x[to] ?? 0) + (isBack ? nodeWidth : 0), y: (layout.y[to] ?? 0) + nodeHeight / 2 };
  for (const point of [...(layout.bends[index] ?? []), end]) {
    const reach = (point.x - x) / 2;
    context.bezierCurveTo(x + reach, y, point.x - reach, point.y, point.x, point.y);
    ({ x, y } = point);
  }
}

/** Edges come in level, so a head points along its edge. */
function traceHead(context: CanvasRenderingContext2D, { layout }: GraphPicture, { from, to }: GraphEdge): void {
  if (from === to) return;
  const isBack = (layout.x[to] ?? 0) <= (layout.x[from] ?? 0);
  const x = (layout.x[to] ?? 0) + (isBack ? nodeWidth : 0);
  const y = (layout.y[to] ?? 0) + nodeHeight / 2;
  const foot = x + (isBack ? headLength : -headLength);
  context.moveTo(x, y);
  context.lineTo(foot, y - headLength / 2);
  context.lineTo(foot, y + headLength / 2);
  context.closePath();
}

function drawNode(context: CanvasRenderingContext2D, picture: GraphPicture, node: GraphNode): void {
  const { layout, camera, inks, selected, hovered } = picture;
  const x = layout.x[node.index] ?? 0;
  const y = layout.y[node.index] ?? 0;
  const ink = inks.states[node.worst];
  const isChosen = node.index === selected;
  context.beginPath();
  context.roundRect(x, y, nodeWidth, nodeHeight, 6);
  context.fillStyle = isChosen ? inks.selected : node.index === hovered ? inks.hover : inks.panel;
  context.fill();
  context.lineWidth = isChosen ? 2 / camera.scale : 1;
  context.strokeStyle = isChosen ? inks.accent : inks.line;
  context.stroke();
  if (camera.scale < nameScale) {
    context.fillStyle = node.worst === "completed" ? inks.quietCompleted : ink;
    context.fill();
    return;
  }
  drawGlyph(context, { x: x + 10, y: y + (camera.scale < cardScale ? 16 : 9), node, ink });
  context.fillStyle = inks.foreground;
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.font = `500 13px ${inks.font}`;
  const room = nodeWidth - 38;
  context.fillText(fit(context, node.name, room), x + 28, y + (camera.scale < cardScale ? 22 : 15));
  if (camera.scale < cardScale) return;
  context.font = `11px ${inks.font}`;
  context.fillStyle = inks.muted;
  context.fillText(describeNode(node), x + 28, y + 30);
  drawShares(context, { x, y: y + nodeHeight - 4, node, inks });
}

function drawGlyph(
  context: CanvasRenderingContext2D,
  { x, y, node, ink }: { readonly x: number; readonly y: number; readonly node: GraphNode; readonly ink: string },
): void {
  context.save();
  context.translate(x, y);
  context.strokeStyle = ink;
  context.lineWidth = 1.4;
  context.lineCap = "round";
  context.lineJoin = "round";
  context.stroke(new Path2D(glyphPaths[lookOfFamily[node.worst]]));
  context.restore();
}

function describeNode({ count, done, counts, isSubflow }: GraphNode): string {
  const failed = (counts[0] ?? 0) + (counts[1] ?? 0);
  const what = isSubflow ? "subflow" : "task run";
  if (count === 1) return what;
  const all = `${toShortCount(count)} ${what}s`;
  if (failed > 0) return `${all}, ${toShortCount(failed)} failed`;
  return done < count ? `${toShortCount(done)} of ${all}` : all;
}

/** Along the lower edge: how many are in each family. */
function drawShares(
  context: CanvasRenderingContext2D,
  { x, y, node, inks }: { readonly x: number; readonly y: number; readonly node: GraphNode; readonly inks: Inks },
): void {
  if (node.count < 2) return;
  const room = nodeWidth - 12;
  let left = x + 6;
  for (const [family, count] of node.counts.entries()) {
    const name = families[family];
    if (count === 0 || name === undefined) continue;
    const wide = Math.max((count / node.count) * room, 2);
    context.fillStyle = name === "completed" ? inks.quietCompleted : inks.states[name];
    context.fillRect(left, y, Math.min(wide, x + 6 + room - left), 2);
    left += wide;
  }
}

/** A text that is cut to the room it has. Names of tasks are anybody's, and may be long. */
function fit(context: CanvasRenderingContext2D, text: string, room: number): string {
  const line = text.slice(0, 80);
  if (context.measureText(line).width <= room) return line;
  let [low, high] = [0, line.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (context.measureText(`${line.slice(0, middle)}…`).width <= room) low = middle;
    else high = middle - 1;
  }
  return `${line.slice(0, low)}…`;
}

/** The graph on its canvas, outside of React: panning, zooming, and what is under the pointer. */

import type { Inks } from "../../../canvas/inks.ts";
import type { Layout } from "../../../canvas/layered-layout.ts";
import { openSurface } from "../../../canvas/surface.ts";
import { type Camera, drawGraph, nodeHeight, nodeWidth } from "./draw-graph.ts";
import type { GraphModel } from "./graph-model.ts";

export interface GraphData {
  readonly model: GraphModel;
  readonly layout: Layout;
  readonly needed: readonly boolean[];
}

export interface GraphView {
  update(data: GraphData): void;
  setInks(inks: Inks): void;
  setSelected(node: number | null): void;
  /** All of it, or as much as can still be read. */
  fit(): void;
  zoomBy(factor: number, at?: { readonly x: number; readonly y: number }): void;
  /** Moves there so that the node is in view. */
  show(node: number): void;
  close(): void;
}

const margin = 24;
const leastScale = 0.05;
const mostScale = 2;
const leastFit = 0.05;
/** What can still be read. At first a graph of not too many tasks is shown so, from its beginning. */
const readable = 0.65;
const maxReadable = 150;

export function openGraphView(options: {
  readonly canvas: HTMLCanvasElement;
  readonly inks: Inks;
  readonly onSelect: (node: number | null) => void;
}): GraphView {
  const { canvas, onSelect } = options;
  let { inks } = options;
  let data: GraphData | null = null;
  let camera: Camera = { scale: 1, dx: margin, dy: margin };
  let selected: number | null = null;
  let hovered: number | null = null;
  /** How it is fitted to what there is, until somebody has moved it. */
  let fitting: "readable" | "all" | null = "readable";
  /** A node that is to be in view once it is known how much that is. */
  let wanted: number | null = null;
  let hasSize = false;
  const surface = openSurface(
    canvas,
    (context, { width, height }) => {
      if (fitting !== null) camera = fitted(width, height);
      hasSize = data !== null;
      if (hasSize && wanted !== null) {
        const node = wanted;
        wanted = null;
        show(node);
      }
      if (data !== null) drawGraph(context, { ...data, camera, inks, width, height, selected, hovered });
    },
    (tookMs) => void (canvas.dataset.drawMs = tookMs.toFixed(2)),
  );
  const ending = new AbortController();
  const on = { signal: ending.signal };

  function fitted(width: number, height: number): Camera {
    const layout = data?.layout;
    if (layout === undefined || layout.width === 0) return camera;
    const whole = Math.min((width - 2 * margin) / layout.width, (height - 2 * margin) / layout.height, 1);
    const isReadable = fitting === "readable" && (data?.model.nodes.length ?? 0) <= maxReadable;
    const scale = Math.max(whole, isReadable ? readable : leastFit);
    const dx = layout.width * scale < width ? (width - layout.width * scale) / 2 : margin;
    const dy = layout.height * scale < height ? (height - layout.height * scale) / 2 : margin;
    return { scale, dx, dy };
  }

  function move(next: Camera): void {
    fitting = null;
    camera = next;
    surface.invalidate();
  }

  function nodeAt({ x, y }: { readonly x: number; readonly y: number }): number | null {
    if (data === null) return null;
    const at = { x: (x - camera.dx) / camera.scale, y: (y - camera.dy) / camera.scale };
    const { layout, model } = data;
    const found = model.nodes.find(({ index }) => {
      const left = layout.x[index] ?? 0;
      const top = layout.y[index] ?? 0;
      return at.x >= left && at.x <= left + nodeWidth && at.y >= top && at.y <= top + nodeHeight;
    });
    return found?.index ?? null;
  }

  function zoomBy(factor: number, at = { x: surface.size.width / 2, y: surface.size.height / 2 }): void {
    const scale = Math.min(Math.max(camera.scale * factor, leastScale), mostScale);
    const by = scale / camera.scale;
    move({ scale, dx: at.x - (at.x - camera.dx) * by, dy: at.y - (at.y - camera.dy) * by });
  }

  let dragged: { readonly x: number; readonly y: number; readonly isFar: boolean } | null = null;
  canvas.addEventListener(
    "pointerdown",
    (event) => void (dragged = { x: event.clientX, y: event.clientY, isFar: false }),
    on,
  );
  canvas.addEventListener(
    "pointermove",
    (event) => {
      if (dragged === null || event.buttons !== 1) {
        const found = nodeAt({ x: event.offsetX, y: event.offsetY });
        canvas.style.cursor = found === null ? "grab" : "pointer";
        if (found !== hovered) {
          hovered = found;
          surface.invalidate();
        }
        return;
      }
      const [byX, byY] = [event.clientX - dragged.x, event.clientY - dragged.y];
      if (!dragged.isFar && Math.hypot(byX, byY) < 4) return;
      if (!dragged.isFar) canvas.setPointerCapture(event.pointerId);
      dragged = { x: event.clientX, y: event.clientY, isFar: true };
      move({ ...camera, dx: camera.dx + byX, dy: camera.dy + byY });
    },
    on,
  );
  canvas.addEventListener(
    "pointerup",
    (event) => {
      const wasFar = dragged?.isFar === true;
      dragged = null;
      if (!wasFar) onSelect(nodeAt({ x: event.offsetX, y: event.offsetY }));
    },
    on,
  );
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey)
        return zoomBy(Math.exp(-event.deltaY / 200), { x: event.offsetX, y: event.offsetY });
      const [byX, byY] = event.shiftKey ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
      move({ ...camera, dx: camera.dx - byX, dy: camera.dy - byY });
    },
    { ...on, passive: false },
  );

  return {
    update(next) {
      data = next;
      surface.invalidate();
    },
    setInks(next) {
      inks = next;
      surface.invalidate();
    },
    setSelected(node) {
      selected = node;
      surface.invalidate();
    },
    fit() {
      fitting = "all";
      surface.invalidate();
    },
    zoomBy,
    show,
    close() {
      ending.abort();
      surface.close();
    },
  };

  function show(node: number): void {
    if (data === null || !hasSize) return void (wanted = node);
    const x = (data.layout.x[node] ?? 0) * camera.scale + camera.dx;
    const y = (data.layout.y[node] ?? 0) * camera.scale + camera.dy;
    const { width, height } = surface.size;
    const isSeen = x >= 0 && y >= 0 && x + nodeWidth * camera.scale <= width && y + nodeHeight * camera.scale <= height;
    if (isSeen) return;
    const scale = Math.max(camera.scale, 0.6);
    move({
      scale,
      dx: width / 2 - ((data.layout.x[node] ?? 0) + nodeWidth / 2) * scale,
      dy: height / 2 - ((data.layout.y[node] ?? 0) + nodeHeight / 2) * scale,
    });
  }
}

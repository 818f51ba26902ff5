/**
 * The timeline on its two canvases, outside of React: what moves with the pointer or with each frame is not rendered.
 *
 * The window is a span of busy time. While nobody has chosen one, it is all of the run, and grows with it.
 */

import type { Inks } from "../../../canvas/inks.ts";
import { openSurface } from "../../../canvas/surface.ts";
import { clampTo, type Fold, openFold, type TimeScale, toX, zoomAt } from "../../../canvas/time-scale.ts";
import { centredOn, dragTo, type Grip, gripAt, type Minimap } from "./brush.ts";
import { type Columns, endOf } from "./columns.ts";
import { type Concurrency, measureConcurrency } from "./concurrency.ts";
import { spreadDensity, type TaskDensity } from "./density.ts";
import { place } from "./draw-concurrency.ts";
import { drawHead } from "./draw-head.ts";
import { drawTimeline } from "./draw-timeline.ts";
import { findItem, type Item, type ItemList } from "./items.ts";

export interface BusyWindow {
  readonly from: number;
  readonly to: number;
}

export interface TimelineData {
  /** All of the run, for the minimap: its task runs, or how many began when. */
  readonly whole: Columns | TaskDensity | null;
  readonly list: ItemList;
  readonly fold: Fold;
  /** All of the run, in busy time. */
  readonly extent: BusyWindow;
  readonly now: number;
  readonly isLive: boolean;
}

export interface TimelineHit {
  readonly item: Item;
  /** The task run under the pointer, by its row; null where there is none of its own. */
  readonly index: number | null;
}

export interface TimelineView {
  update(data: TimelineData): void;
  /** The time goes on: what runs grows. */
  tick(now: number): void;
  setInks(inks: Inks): void;
  setZone(zone: string): void;
  setTop(top: number): void;
  setSelected(key: string | null): void;
  /** Null: all of the run. */
  setWindow(window: BusyWindow | null): void;
  readonly window: BusyWindow | null;
  /** In pixels of the canvas; from its middle where no place is given. */
  zoomBy(factor: number, x?: number): void;
  panBy(pixels: number): void;
  /** What a press on the minimap takes. */
  gripAt(x: number): Grip;
  /** What was pressed on the minimap has come to a place. False as long as nothing has been moved or drawn by that. */
  dragTo(grip: Grip, x: number): boolean;
  /** A place of the minimap was pressed, and no window drawn: it is in the middle of what is shown. */
  centreOn(x: number): void;
  hover(at: { readonly x: number; readonly y: number } | null): TimelineHit | null;
  close(): void;
}

/** While the run goes on, its end and what runs are moved on so often, in ms. */
export const tickMs = 1000;

const emptyList: ItemList = { items: [], tops: new Float64Array(1) };

export function openTimelineView(options: {
  readonly body: HTMLCanvasElement;
  readonly head: HTMLCanvasElement;
  readonly inks: Inks;
  /** The window was changed by the pointer or a key, and not by `setWindow`. */
  readonly onWindow: (window: BusyWindow | null) => void;
}): TimelineView {
  const { body, head, onWindow } = options;
  let { inks } = options;
  let data: TimelineData | null = null;
  let now = 0;
  let zone = "local";
  let top = 0;
  let selected: string | null = null;
  let hovered: number | null = null;
  let chosen: BusyWindow | null = null;
  let overall: { readonly of: TimelineData; readonly width: number; readonly value: Concurrency } | null = null;

  const bodySurface = openSurface(
    body,
    (context, { width, height }) => {
      const { list, isLive } = data ?? { list: emptyList, isLive: false };
      drawTimeline(context, { list, scale: scaleOf(width), inks, now, isLive, top, height, selected, hovered });
    },
    // For who measures: how long the last frame took.
    (tookMs) => void (body.dataset.drawMs = tookMs.toFixed(2)),
  );
  const headSurface = openSurface(head, (context, { width }) => {
    const scale = scaleOf(width);
    drawHead(context, { overall: overallOf(width), extent: extentOf(), scale, inks, zone });
  });

  function extentOf(): BusyWindow {
    if (data === null) return { from: 0, to: 1 };
    const to = data.isLive ? Math.max(data.extent.to, data.fold.toBusy(now)) : data.extent.to;
    return { from: data.extent.from, to: Math.max(to, data.extent.from + 0.01) };
  }

  function scaleOf(width: number): TimeScale {
    const extent = extentOf();
    // A little room at the right, where the last ones end.
    const all = { from: extent.from, to: extent.to + (extent.to - extent.from) * 0.02 };
    return { ...(chosen ?? all), width: Math.max(width, 1), fold: data?.fold ?? openFold(0) };
  }

  function minimapOf(): Minimap {
    const { from, to, width } = scaleOf(headSurface.size.width);
    return { extent: extentOf(), window: { from, to }, width };
  }

  function overallOf(width: number): Concurrency | null {
    const whole = data?.whole ?? null;
    if (data === null || whole === null) return null;
    if (overall?.of !== data || overall.width !== width) {
      const scale: TimeScale = { ...extentOf(), width, fold: data.fold };
      const value = "byFamily" in whole ? spreadDensity(whole, { scale, place }) : measureAll(whole, scale);
      overall = { of: data, width, value };
    }
    return overall.value;
  }

  function measureAll(columns: Columns, scale: TimeScale): Concurrency {
    const rows = Array.from({ length: columns.length }, (_, index) => index);
    return measureConcurrency(columns, rows, { scale, now, place });
  }

  function invalidate(): void {
    bodySurface.invalidate();
    headSurface.invalidate();
  }

  function choose(scale: TimeScale): void {
    const extent = extentOf();
    const { from, to } = clampTo(scale, { from: extent.from, to: extent.to + (extent.to - extent.from) * 0.02 });
    const isAll = from <= extent.from && to >= extent.to;
    chosen = isAll ? null : { from, to };
    invalidate();
    onWindow(chosen);
  }

  function hitAt({
    x,
    y,
  }: {
    readonly x: number;
    readonly y: number;
  }): { readonly place: number; readonly hit: TimelineHit } | null {
    if (data === null || data.list.items.length === 0) return null;
    const { list } = data;
    const height = y + top;
    if (height < 0 || height >= (list.tops[list.items.length] ?? 0)) return null;
    const found = findItem(list, height);
    const item = list.items[found];
    if (item === undefined) return null;
    return { place: found, hit: { item, index: indexAt(item, x) } };
  }

  function indexAt(item: Item, x: number): number | null {
    if (item.kind === "row") return item.index;
    if (item.kind !== "lane") return null;
    const scale = scaleOf(bodySurface.size.width);
    const found = item.rows.find(
      (index) =>
        toX(scale, item.columns.starts[index] ?? 0) <= x + 1 && toX(scale, endOf(item.columns, index, now)) >= x - 1,
    );
    return found ?? null;
  }

  return {
    update(next) {
      data = next;
      // What has changed comes more often than the time is moved on.
      if (!next.isLive || next.now - now >= tickMs) now = next.now;
      invalidate();
    },
    tick(next) {
      now = next;
      if (data?.isLive === true) invalidate();
    },
    setInks(next) {
      inks = next;
      invalidate();
    },
    setZone(next) {
      zone = next;
      headSurface.invalidate();
    },
    setTop(next) {
      top = next;
      bodySurface.invalidate();
    },
    setSelected(key) {
      selected = key;
      bodySurface.invalidate();
    },
    setWindow(next) {
      chosen = next;
      invalidate();
    },
    get window() {
      return chosen;
    },
    zoomBy(factor, x = bodySurface.size.width / 2) {
      choose(zoomAt(scaleOf(bodySurface.size.width), x, factor));
    },
    panBy(pixels) {
      const scale = scaleOf(bodySurface.size.width);
      const by = (pixels / scale.width) * (scale.to - scale.from);
      choose({ ...scale, from: scale.from + by, to: scale.to + by });
    },
    gripAt(x) {
      const map = minimapOf();
      return { kind: gripAt(map, x), x, window: map.window };
    },
    dragTo(grip, x) {
      const window = dragTo(grip, minimapOf(), x);
      if (window !== null) choose({ ...scaleOf(headSurface.size.width), ...window });
      return window !== null;
    },
    centreOn(x) {
      choose({ ...scaleOf(headSurface.size.width), ...centredOn(minimapOf(), x) });
    },
    hover(at) {
      const found = at === null ? null : hitAt(at);
      const next = found?.place ?? null;
      if (next !== hovered) {
        hovered = next;
        bodySurface.invalidate();
      }
      return found?.hit ?? null;
    },
    close() {
      bodySurface.close();
      headSurface.close();
    },
  };
}

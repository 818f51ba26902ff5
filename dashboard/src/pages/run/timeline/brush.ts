/** The window on the minimap, by the pointer: its edges are drawn, it is moved, or another is drawn. Busy times, and pixels. */

import type { BusyWindow } from "./timeline-view.ts";

export type GripKind = "from" | "to" | "move" | "new";

/** What was pressed, and where things were then. */
export interface Grip {
  readonly kind: GripKind;
  readonly x: number;
  readonly window: BusyWindow;
}

export interface Minimap {
  /** All of the run. */
  readonly extent: BusyWindow;
  /** What is shown of it. */
  readonly window: BusyWindow;
  readonly width: number;
}

/** An edge is taken within so many pixels of it: 12 wide, and higher than that. */
const edgeReach = 6;
/** A window that is drawn is at least so wide, in pixels: less was no drawing. */
const leastWidth = 4;
/** How much closer a press without drawing looks, where all of the run is shown. */
const closer = 4;

const spanOf = ({ from, to }: BusyWindow): number => to - from;

const toX = ({ extent, width }: Minimap, time: number): number => ((time - extent.from) / spanOf(extent)) * width;

const toTime = ({ extent, width }: Minimap, x: number): number => extent.from + (x / width) * spanOf(extent);

const isWhole = ({ extent, window }: Minimap): boolean => window.from <= extent.from && window.to >= extent.to;

/** What a press at a place takes. Of two edges that are close to each other, the nearer one. */
export function gripAt(map: Minimap, x: number): GripKind {
  if (isWhole(map)) return "new";
  const from = toX(map, map.window.from);
  const to = toX(map, map.window.to);
  const nearer = Math.abs(x - from) < Math.abs(x - to) ? "from" : "to";
  if (Math.abs(x - (nearer === "from" ? from : to)) <= edgeReach) return nearer;
  return x > from && x < to ? "move" : "new";
}

/** The window when what was pressed has come to a place. Null as long as it was not moved so far that this was meant. */
export function dragTo(grip: Grip, map: Minimap, x: number): BusyWindow | null {
  const { kind, window } = grip;
  const least = toTime(map, leastWidth) - map.extent.from;
  const at = Math.min(Math.max(toTime(map, x), map.extent.from), map.extent.to);
  switch (kind) {
    case "new": {
      if (Math.abs(x - grip.x) < leastWidth) return null;
      const pressed = toTime(map, grip.x);
      return { from: Math.min(pressed, at), to: Math.max(pressed, at) };
    }
    case "from":
      return { from: Math.min(at, window.to - least), to: window.to };
    case "to":
      return { from: window.from, to: Math.max(at, window.from + least) };
    case "move": {
      const by = toTime(map, x) - toTime(map, grip.x);
      const from = Math.min(Math.max(window.from + by, map.extent.from), map.extent.to - spanOf(window));
      return { from, to: from + spanOf(window) };
    }
  }
}

/** The window after a press beside it that drew nothing: the same, or a part of all of the run, with that place in its middle. */
export function centredOn(map: Minimap, x: number): BusyWindow {
  const span = isWhole(map) ? spanOf(map.extent) / closer : spanOf(map.window);
  const from = Math.min(Math.max(toTime(map, x) - span / 2, map.extent.from), map.extent.to - span);
  return { from, to: from + span };
}

import { type RefObject, useEffect, useRef } from "react";
import type { Grip, GripKind } from "./brush.ts";
import type { TipHandle } from "./timeline-tip.tsx";
import type { TimelineView } from "./timeline-view.ts";

/**
 * The pointer on the canvases. On that of the rows dragging pans, the wheel with Ctrl zooms, a click chooses; on the minimap
 * dragging draws a window, or moves it or its edges, and a double click shows all of the run.
 */
export function useTimelinePointer(options: {
  readonly body: RefObject<HTMLCanvasElement | null>;
  readonly head: RefObject<HTMLCanvasElement | null>;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly view: RefObject<TimelineView | null>;
  readonly tip: RefObject<TipHandle | null>;
  readonly onSelect: (taskRunId: string) => void;
  readonly onToggle: (key: string) => void;
}): void {
  const latest = useRef(options);
  latest.current = options;
  useEffect(() => {
    const { body, head, view, tip } = latest.current;
    const canvas = body.current;
    const map = head.current;
    if (canvas === null || map === null) return;
    const ending = new AbortController();
    const on = { signal: ending.signal };
    let dragged: { readonly x: number; readonly isFar: boolean } | null = null;

    canvas.addEventListener("pointerdown", (event) => void (dragged = { x: event.clientX, isFar: false }), on);
    canvas.addEventListener(
      "pointermove",
      (event) => {
        if (dragged !== null && event.buttons === 1) {
          const by = dragged.x - event.clientX;
          if (!dragged.isFar && Math.abs(by) < 4) return;
          if (!dragged.isFar) canvas.setPointerCapture(event.pointerId);
          dragged = { x: event.clientX, isFar: true };
          tip.current?.hide();
          view.current?.panBy(by);
          return;
        }
        const at = { x: event.offsetX, y: event.offsetY };
        const hit = view.current?.hover(at) ?? null;
        canvas.style.cursor = hit?.item.kind === "row" || hit?.item.kind === "group" ? "pointer" : "default";
        if (hit === null) tip.current?.hide();
        else tip.current?.show(hit, { x: event.clientX, y: event.clientY });
      },
      on,
    );
    canvas.addEventListener(
      "pointerup",
      (event) => {
        const wasFar = dragged?.isFar === true;
        dragged = null;
        if (wasFar) return;
        const hit = view.current?.hover({ x: event.offsetX, y: event.offsetY }) ?? null;
        if (hit === null) return;
        const id = hit.index === null || !("columns" in hit.item) ? undefined : hit.item.columns.ids[hit.index];
        if (id !== undefined) latest.current.onSelect(id);
        else if (hit.item.kind === "group") latest.current.onToggle(hit.item.key);
      },
      on,
    );
    canvas.addEventListener(
      "pointerleave",
      () => {
        view.current?.hover(null);
        tip.current?.hide();
      },
      on,
    );
    const onWheel = (event: WheelEvent): void => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        view.current?.zoomBy(Math.exp(-event.deltaY / 200), event.offsetX);
      } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault();
        view.current?.panBy(event.deltaX === 0 ? event.deltaY : event.deltaX);
      }
    };
    canvas.addEventListener("wheel", onWheel, { ...on, passive: false });
    map.addEventListener("wheel", onWheel, { ...on, passive: false });
    listenToMinimap(map, view, on);
    return () => ending.abort();
  }, []);
}

const cursors: Readonly<Record<GripKind, string>> = {
  from: "ew-resize",
  to: "ew-resize",
  move: "grab",
  new: "crosshair",
};

function listenToMinimap(
  map: HTMLCanvasElement,
  view: RefObject<TimelineView | null>,
  on: { readonly signal: AbortSignal },
): void {
  let held: Grip | null = null;
  let hasMoved = false;
  map.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0 || view.current === null) return;
      map.setPointerCapture(event.pointerId);
      held = view.current.gripAt(event.offsetX);
      hasMoved = false;
    },
    on,
  );
  map.addEventListener(
    "pointermove",
    (event) => {
      if (view.current === null) return;
      if (held === null || event.buttons !== 1) map.style.cursor = cursors[view.current.gripAt(event.offsetX).kind];
      else if (view.current.dragTo(held, event.offsetX)) {
        hasMoved = true;
        map.style.cursor = held.kind === "move" ? "grabbing" : "ew-resize";
      }
    },
    on,
  );
  map.addEventListener(
    "pointerup",
    (event) => {
      if (held?.kind === "new" && !hasMoved) view.current?.centreOn(event.offsetX);
      held = null;
    },
    on,
  );
  map.addEventListener("pointercancel", () => void (held = null), on);
  map.addEventListener("dblclick", () => view.current?.zoomBy(1e-9), on);
}

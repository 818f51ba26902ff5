/** The whole log as a strip: where warnings, errors and matches are, and which part is in view. A click goes there. */

import { useEffect, useRef } from "react";
import { useIsDark } from "../../../app/preferences.ts";

export interface Band {
  /** Rows, ascending. */
  readonly rows: readonly number[];
  readonly tone: "--attention" | "--failed" | "--accent";
  /** Matches are on the left half, levels on the right. */
  readonly side: "left" | "right";
}

const width = 14;

export function Minimap(props: {
  readonly bands: readonly Band[];
  readonly rowCount: number;
  readonly height: number;
  readonly topRow: number;
  readonly rowsInView: number;
  readonly onGo: (row: number) => void;
}) {
  const { bands, rowCount, height, topRow, rowsInView, onGo } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const isDark = useIsDark();
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (element === null || context === null || context === undefined || height <= 0) return;
    const ratio = devicePixelRatio;
    element.width = width * ratio;
    element.height = height * ratio;
    context.scale(ratio, ratio);
    const style = getComputedStyle(element);
    for (const { rows, tone, side } of bands) {
      context.fillStyle = style.getPropertyValue(tone);
      let last = -1;
      for (const row of rows) {
        const y = Math.floor((row / Math.max(1, rowCount)) * (height - 2));
        if (y === last) continue;
        last = y;
        context.fillRect(side === "left" ? 1 : 7, y, 6, 2);
      }
    }
    // The theme decides the colours.
  }, [bands, rowCount, height, isDark]);
  return (
    <div
      aria-hidden
      className="relative shrink-0 cursor-pointer border-l border-line"
      style={{ width }}
      onPointerDown={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        onGo(Math.floor(((event.clientY - box.top) / box.height) * rowCount));
      }}
    >
      <canvas ref={canvas} className="absolute inset-0 size-full" />
      <div
        className="absolute inset-x-0 min-h-1 border-y border-[var(--control-line)] bg-fg/10"
        style={{ top: `${(topRow / rowCount) * 100}%`, height: `${Math.min(1, rowsInView / rowCount) * 100}%` }}
      />
    </div>
  );
}

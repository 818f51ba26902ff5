/** What the bars mean: only those that there are. */

import { useEffect, useMemo, useRef } from "react";
import { useIsDark } from "../../../app/preferences.ts";
import { type Bar, drawBar, drawQueued } from "../../../canvas/bars.ts";
import { type Inks, readInks } from "../../../canvas/inks.ts";
import { families, type Family } from "../../../states/families.ts";
import type { Columns } from "./columns.ts";
import { leastWaitMs } from "./parts.ts";

const words: Readonly<Record<Family, string>> = {
  failed: "Failed",
  crashed: "Crashed or timed out",
  attention: "Paused, late, or to be tried again",
  running: "Running",
  waiting: "Waiting to begin",
  completed: "Completed",
  inert: "Cancelled or skipped",
};

const size = { width: 26, height: 12 };

export function TimelineLegend({ columns }: { readonly columns: Columns }) {
  const shown = useMemo(() => {
    const present = new Set(columns.families);
    const hasWaits = columns.waits.some((wait) => wait >= leastWaitMs);
    const hasDelays = columns.turns.size > 0;
    return families.filter(
      (family, place) =>
        present.has(place) || (family === "waiting" && hasWaits) || (hasDelays && family === "attention"),
    );
  }, [columns]);
  return (
    <ul
      aria-label="What the bars mean"
      className="flex shrink-0 flex-wrap gap-x-4 gap-y-1 border-t border-line px-4 py-1.5 text-meta text-muted"
    >
      {shown.map((family) => (
        <li key={family} className="flex items-center gap-1.5">
          <Swatch family={family} />
          {words[family]}
        </li>
      ))}
      {columns.turns.size === 0 ? null : (
        <li className="flex items-center gap-1.5">
          <Swatch family={null} />
          Failed, waited, tried again
        </li>
      )}
    </ul>
  );
}

/** Null: what was tried again. */
function Swatch({ family }: { readonly family: Family | null }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const isDark = useIsDark();
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d") ?? null;
    if (element === null || context === null) return;
    element.width = size.width * devicePixelRatio;
    element.height = size.height * devicePixelRatio;
    context.scale(devicePixelRatio, devicePixelRatio);
    draw(context, family, readInks());
  }, [family, isDark]);
  return <canvas ref={canvas} aria-hidden style={size} />;
}

function draw(context: CanvasRenderingContext2D, family: Family | null, inks: Inks): void {
  const bar: Bar = { x: 1, y: 1, width: size.width - 2, height: size.height - 2 };
  if (family === "waiting") return drawQueued(context, bar, inks);
  if (family !== null) return drawBar(context, bar, { family, inks });
  const part = bar.width / 3;
  drawBar(context, { ...bar, width: part }, { family: "failed", inks });
  const middle = { ...bar, x: bar.x + part, width: part, y: 1 + bar.height / 3, height: bar.height / 3 };
  drawBar(context, middle, { family: "attention", inks });
  drawBar(context, { ...bar, x: bar.x + 2 * part, width: part }, { family: "completed", inks });
}

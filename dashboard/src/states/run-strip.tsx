/** The last runs of something as bars: as high as they took long, in the colour and the shape of how they ended. */

import type { FlowSummaryBars, StateType } from "millrace/client";
import { useMemo } from "react";
import { plural } from "../format/number.ts";
import { toDuration } from "../format/time.ts";
import { type Family, families, lookOf, toWords } from "./families.ts";

export interface StripRun {
  readonly id: string;
  readonly stateType: StateType;
  readonly stateName: string;
  /** Null for one that has not begun. */
  readonly durationMs: number | null;
}

/** Of the newest first, as they are told of flows and deployments. */
export function toStripRuns(bars: FlowSummaryBars | undefined): readonly StripRun[] {
  if (bars === undefined) return [];
  const { ids, stateTypes, stateNames, durationsMs } = bars;
  return ids
    .map((id, index) => ({
      id,
      stateType: stateTypes[index] ?? "COMPLETED",
      stateName: stateNames[index] ?? "",
      durationMs: durationsMs[index] ?? null,
    }))
    .toReversed();
}

const barWidth = 5;
const step = 7;
const height = 20;

/** @param runs the newest last */
export function RunStrip(props: {
  readonly runs: readonly StripRun[];
  readonly places?: number;
  readonly onOpen?: (id: string) => void;
}) {
  const { places = 20, onOpen } = props;
  const runs = props.runs.slice(-places);
  const paths = useMemo(() => toPaths(runs, places), [runs, places]);
  if (runs.length === 0) return <span className="text-faint">–</span>;
  const first = places - runs.length;
  const runAt = (event: React.MouseEvent<SVGSVGElement>): StripRun | undefined =>
    runs[Math.floor((event.clientX - event.currentTarget.getBoundingClientRect().left) / step) - first];
  return (
    <svg
      role="img"
      aria-label={toSummary(runs)}
      width={places * step}
      height={height}
      viewBox={`0 0 ${places * step} ${height}`}
      className={onOpen === undefined ? "shrink-0" : "shrink-0 cursor-pointer"}
      onMouseMove={(event) => {
        const run = runAt(event);
        const title = event.currentTarget.querySelector("title");
        if (title !== null) title.textContent = run === undefined ? "" : toTitle(run);
      }}
      onClick={(event) => {
        const run = runAt(event);
        if (run === undefined || onOpen === undefined) return;
        event.stopPropagation();
        onOpen(run.id);
      }}
    >
      <title />
      {paths.map(([family, d]) =>
        family === "waiting" ? (
          <path key={family} d={d} fill="none" stroke="var(--waiting)" strokeWidth="1" />
        ) : (
          <path
            key={family}
            d={d}
            fill={
              family === "completed"
                ? "color-mix(in srgb, var(--completed) var(--dense-completed), var(--bg))"
                : `var(--${family})`
            }
          />
        ),
      )}
    </svg>
  );
}

const toTitle = ({ stateName, durationMs }: StripRun): string =>
  durationMs === null ? toWords(stateName) : `${toWords(stateName)}, ${toDuration(durationMs)}`;

/** `Last 20 runs: 18 completed, 2 failed` */
function toSummary(runs: readonly StripRun[]): string {
  const counts = new Map<string, number>();
  for (const { stateName } of runs) counts.set(stateName, (counts.get(stateName) ?? 0) + 1);
  const parts = [...counts].map(([name, count]) => `${count} ${toWords(name).toLowerCase()}`);
  return `Last ${plural(runs.length, "run")}: ${parts.join(", ")}`;
}

/** One path for each family: many strips stand in one page. */
function toPaths(runs: readonly StripRun[], places: number): readonly (readonly [Family, string])[] {
  const longest = Math.max(1, ...runs.map(({ durationMs }) => durationMs ?? 0));
  const first = places - runs.length;
  const paths = new Map<Family, string>();
  for (const [index, run] of runs.entries()) {
    const { family } = lookOf({ type: run.stateType, name: run.stateName });
    // The square root, so that one very long run does not flatten the others.
    const tall = 3 + Math.round(Math.sqrt((run.durationMs ?? 0) / longest) * (height - 7));
    paths.set(family, (paths.get(family) ?? "") + toBar(family, (first + index) * step, tall));
  }
  return families.flatMap((family) => {
    const d = paths.get(family);
    return d === undefined ? [] : [[family, d] as const];
  });
}

const bar = (x: number, top: number, width: number, tall: number): string => `M${x} ${top}h${width}v${tall}h${-width}Z`;

/** What failed has a cap above its bar, what crashed is broken in the middle, what was left is half as wide. */
function toBar(family: Family, x: number, tall: number): string {
  const top = height - tall;
  switch (family) {
    case "failed":
      return bar(x, top, barWidth, tall) + bar(x, top - 4, barWidth, 2);
    case "crashed": {
      const upper = Math.max(1, Math.floor(tall / 2) - 1);
      return bar(x, top, barWidth, upper) + bar(x, top + upper + 2, barWidth, Math.max(1, tall - upper - 2));
    }
    case "attention":
      return bar(x, top, 2, tall) + bar(x + 3, top, 2, tall);
    case "inert":
      return bar(x + 1, top, 3, tall);
    case "waiting":
      return bar(x + 0.5, top + 0.5, barWidth - 1, tall - 1);
    case "running":
    case "completed":
      return bar(x, top, barWidth, tall);
  }
}

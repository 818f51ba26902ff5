/**
 * Runs by interval and state, as stacked columns. Normal is almost grey; what went wrong stands at the foot of its column in
 * full strength. With the keyboard one goes from column to column, is told what is in it, and opens it.
 */

import type { RunHistoryCell } from "millrace/client";
import { useMemo, useState } from "react";
import { usePreferences } from "../app/preferences.ts";
import { plural, toCount } from "../format/number.ts";
import { toClock, toDay } from "../format/time.ts";
import { type Family, families, lookOf } from "./families.ts";

export interface HistoryChartProps {
  readonly label: string;
  readonly cells: readonly RunHistoryCell[];
  readonly from: number;
  readonly bucketMs: number;
  readonly buckets: number;
  /** In pixels. */
  readonly height?: number;
  /** Of the chosen column: its time, the end not included. */
  readonly onOpen?: (from: number, to: number) => void;
}

interface Column {
  readonly counts: Readonly<Partial<Record<Family, number>>>;
  readonly total: number;
}

export function HistoryChart(props: HistoryChartProps) {
  const { label, cells, from, bucketMs, buckets, height = 96, onOpen } = props;
  const { zone } = usePreferences();
  const columns = useMemo(() => toColumns(cells, buckets), [cells, buckets]);
  const most = Math.max(1, ...columns.map(({ total }) => total));
  const [at, setAt] = useState<number | null>(null);
  const chosen = at === null ? null : Math.min(at, buckets - 1);
  const startOf = (index: number): number => from + index * bucketMs;
  const timeOf = (index: number): string =>
    `${toDay(startOf(index), zone)}, ${toClock(startOf(index), zone).slice(0, 5)}–${toClock(startOf(index + 1), zone).slice(0, 5)}`;
  const wordsOf = (index: number): string => `${timeOf(index)}: ${toWordsOf(columns[index])}`;
  const open = (index: number): void => onOpen?.(startOf(index), startOf(index + 1));
  const paths = useMemo(() => toPaths(columns, most, height), [columns, most, height]);
  const total = columns.reduce((sum, column) => sum + column.total, 0);
  return (
    <figure className="m-0 min-w-0" aria-label={`${label}: ${plural(total, "run")}`}>
      <div
        role="slider"
        tabIndex={0}
        aria-label={`${label}, interval`}
        aria-valuemin={1}
        aria-valuemax={buckets}
        aria-valuenow={(chosen ?? buckets - 1) + 1}
        aria-valuetext={wordsOf(chosen ?? buckets - 1)}
        className={onOpen === undefined ? "relative" : "relative cursor-pointer"}
        style={{ height }}
        onMouseMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          setAt(Math.max(0, Math.min(buckets - 1, Math.floor(((event.clientX - box.left) / box.width) * buckets))));
        }}
        onMouseLeave={() => setAt(null)}
        onBlur={() => setAt(null)}
        onClick={() => {
          if (chosen !== null) open(chosen);
        }}
        onKeyDown={(event) => {
          const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
          const next =
            step !== undefined
              ? (chosen ?? buckets - (step === 1 ? 1 : 0)) + step
              : { Home: 0, End: buckets - 1 }[event.key];
          if (next !== undefined) setAt(Math.max(0, Math.min(buckets - 1, next)));
          else if (event.key === "Enter" && chosen !== null) open(chosen);
          else return;
          event.preventDefault();
        }}
      >
        <svg
          viewBox={`0 0 ${buckets} ${height}`}
          preserveAspectRatio="none"
          className="absolute inset-0 size-full"
          aria-hidden
        >
          {chosen === null ? null : <rect x={chosen} y={0} width={1} height={height} fill="var(--hover)" />}
          <path d={`M0 ${height - 0.5}h${buckets}`} stroke="var(--line)" vectorEffect="non-scaling-stroke" />
          {paths.map(([family, d]) => (
            <path key={family} d={d} fill={fillOf(family)} />
          ))}
        </svg>
        <span className="absolute top-0 left-0 text-meta text-faint" aria-hidden>
          {toCount(most)}
        </span>
      </div>
      <figcaption className="flex min-h-4 justify-between gap-2 text-meta text-muted">
        {chosen === null ? (
          <>
            <span>{timeLabel(from, zone, bucketMs)}</span>
            <span>{timeLabel(startOf(buckets), zone, bucketMs)}</span>
          </>
        ) : (
          <span className="truncate">{wordsOf(chosen)}</span>
        )}
      </figcaption>
    </figure>
  );
}

const timeLabel = (at: number, zone: string, bucketMs: number): string =>
  bucketMs >= 86_400_000 ? toDay(at, zone) : `${toDay(at, zone)}, ${toClock(at, zone).slice(0, 5)}`;

function fillOf(family: Family): string {
  if (family === "completed") return "color-mix(in srgb, var(--completed) var(--dense-completed), var(--bg))";
  return family === "waiting" || family === "inert"
    ? `color-mix(in srgb, var(--${family}) 60%, var(--bg))`
    : `var(--${family})`;
}

const words: Readonly<Record<Family, string>> = {
  failed: "failed",
  crashed: "crashed",
  attention: "late or paused",
  running: "running",
  waiting: "waiting",
  completed: "completed",
  inert: "cancelled",
};

function toWordsOf(column: Column | undefined): string {
  if (column === undefined || column.total === 0) return "no runs";
  const parts = families.flatMap((family) => {
    const count = column.counts[family] ?? 0;
    return count === 0 ? [] : [`${toCount(count)} ${words[family]}`];
  });
  return parts.join(", ");
}

function toColumns(cells: readonly RunHistoryCell[], buckets: number): readonly Column[] {
  const columns: { counts: Partial<Record<Family, number>>; total: number }[] = Array.from({ length: buckets }, () => ({
    counts: {},
    total: 0,
  }));
  for (const { bucket, stateType, stateName, count } of cells) {
    const column = columns[bucket];
    if (column === undefined) continue;
    const { family } = lookOf({ type: stateType, name: stateName });
    column.counts[family] = (column.counts[family] ?? 0) + count;
    column.total += count;
  }
  return columns;
}

/** What needs a person is at the foot, where columns are compared best, and is never so low that it cannot be seen. */
function toPaths(columns: readonly Column[], most: number, height: number): readonly (readonly [Family, string])[] {
  const room = height - 14;
  const paths = new Map<Family, string>();
  for (const [index, { counts }] of columns.entries()) {
    let foot = height - 1;
    for (const family of families) {
      const count = counts[family] ?? 0;
      if (count === 0) continue;
      const tall = Math.max(2, (count / most) * room);
      paths.set(family, `${paths.get(family) ?? ""}M${index + 0.1} ${foot - tall}h0.8v${tall}h-0.8Z`);
      foot -= tall;
    }
  }
  return families.flatMap((family) => {
    const d = paths.get(family);
    return d === undefined ? [] : [[family, d] as const];
  });
}

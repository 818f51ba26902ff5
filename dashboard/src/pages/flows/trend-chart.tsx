/** Lines and points over time, drawn by uPlot. Loaded only where a chart is shown. */

import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useIsDark, usePreferences } from "../../app/preferences.ts";
import { readInks } from "../../canvas/inks.ts";
import { toClock, toDateTime, toDay, toZone } from "../../format/time.ts";

export interface TrendSeries {
  readonly label: string;
  /** One for each time; null: none. */
  readonly values: readonly (number | null)[];
  readonly kind: "line" | "points";
  readonly ink: "accent" | "muted" | "faint" | "failed" | "completed";
  readonly isDashed?: boolean;
}

export interface TrendChartProps {
  /** Says what it shows, for those who do not see it. */
  readonly summary: string;
  /** What the axis is of, in ms: charts below each other show the same time at the same place. */
  readonly from: number;
  readonly to: number;
  /** In ms. */
  readonly times: readonly number[];
  readonly series: readonly TrendSeries[];
  readonly format: (value: number) => string;
  readonly height?: number;
  /** Of the axis; the least is 0. */
  readonly most?: number;
  readonly onOpen?: (index: number) => void;
}

export function TrendChart(props: TrendChartProps) {
  const { summary, from, to, times, series, format, height = 220, most, onOpen } = props;
  const isDark = useIsDark();
  const { zone } = usePreferences();
  const place = useRef<HTMLDivElement>(null);
  const open = useRef(onOpen);
  open.current = onOpen;
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const inks = readInks();
    const strokes = { ...inks, ...inks.states };
    const axis: uPlot.Axis = {
      stroke: inks.muted,
      font: `11px ${inks.font}`,
      grid: { stroke: inks.line, width: 1 },
      ticks: { stroke: inks.line, width: 1, size: 4 },
    };
    const plot = new uPlot(
      {
        width: Math.max(100, element.clientWidth),
        height,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), toZone(zone) ?? localZone),
        scales: {
          x: { range: [from / 1000, to / 1000] },
          y: { range: (_, __, high) => [0, most ?? Math.max(1, high * 1.05)] },
        },
        axes: [
          {
            ...axis,
            size: 30,
            // A day begins with its name.
            values: (_, ticks, __, ___, stepSeconds) =>
              ticks.map((tick) => {
                const clock = toClock(tick * 1000, zone).slice(0, 5);
                return stepSeconds >= 86_400 || clock === "00:00" ? toDay(tick * 1000, zone) : clock;
              }),
          },
          { ...axis, size: 64, values: (_, ticks) => ticks.map((tick) => (tick === 0 ? "0" : format(tick))) },
        ],
        legend: { live: true },
        cursor: { points: { size: 6 }, drag: { x: false, y: false } },
        series: [
          { label: "When", value: (_: uPlot, at: number | null) => (at === null ? "–" : toDateTime(at * 1000, zone)) },
          ...series.map(
            ({ label, kind, ink, isDashed = false }): uPlot.Series => ({
              label,
              stroke: strokes[ink],
              width: 1.5,
              spanGaps: true,
              ...(isDashed ? { dash: [5, 4] } : {}),
              ...(kind === "points"
                ? { paths: () => null, points: { show: true, size: 5, fill: strokes[ink] } }
                : { points: { show: false } }),
              value: (_: uPlot, value: number | null) => (value === null ? "–" : format(value)),
            }),
          ),
        ],
      },
      [times.map((at) => at / 1000), ...series.map(({ values }) => [...values])] as uPlot.AlignedData,
      element,
    );
    const resize = new ResizeObserver(() => plot.setSize({ width: Math.max(100, element.clientWidth), height }));
    resize.observe(element);
    const click = (): void => {
      const index = plot.cursor.idx;
      if (index != null) open.current?.(index);
    };
    plot.over.addEventListener("click", click);
    return () => {
      resize.disconnect();
      plot.destroy();
    };
  }, [from, to, times, series, format, height, most, isDark, zone]);
  return (
    <figure className="m-0 min-w-0" aria-label={summary}>
      <div ref={place} className="trend-chart text-small" style={{ minHeight: height }} />
    </figure>
  );
}

const localZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

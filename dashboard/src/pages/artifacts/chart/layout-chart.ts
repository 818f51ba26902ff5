/** Where everything of a chart is drawn, in a box. */

import { type Axis, axisOf, isAcross, nameOf, numberOf, stacked, type Tick } from "./axes.ts";
import type { Channel, Chart, Layer, Row } from "./read-chart.ts";

export interface Shape {
  readonly kind: "area" | "line" | "dot";
  /** An SVG path; of a dot, a circle. */
  readonly path: string;
  readonly color: Color;
  /** What is told on hover. */
  readonly title: string;
}

/** A place in the list of series, or how much of the strongest colour, from 0 to 1. */
export type Color = { readonly series: number } | { readonly amount: number };

export interface Drawing {
  readonly shapes: readonly Shape[];
  readonly x: { readonly title: string; readonly ticks: readonly Tick[] } | null;
  readonly y: { readonly title: string; readonly ticks: readonly Tick[] } | null;
  readonly legend: { readonly title: string; readonly series: readonly string[] } | null;
}

export interface Box {
  readonly width: number;
  readonly height: number;
}

/** Series with a colour of their own in the legend. */
const maxLegend = 40;

export function layoutChart({ layers }: Chart, box: Box): Drawing {
  const series = seriesOf(layers);
  const legend = legendOf(layers, series);
  const [first] = layers;
  if (first?.mark === "arc") return { shapes: arcs(first, series, box), x: null, y: null, legend };
  const x = axisOf(layers, "x", box.width);
  const y = axisOf(layers, "y", box.height);
  return {
    shapes: layers.flatMap((layer) => shapesOf(layer, { x, y, series, box })),
    x: x === null ? null : { title: x.title, ticks: x.ticks },
    // Upwards.
    y: y === null ? null : { title: y.title, ticks: y.ticks.map(({ at, label }) => ({ at: box.height - at, label })) },
    legend,
  };
}

function seriesOf(layers: readonly Layer[]): readonly string[] {
  const seen = layers.flatMap(({ color, rows }) =>
    color === null || color.scale === "quantitative" ? [] : rows.map((row) => nameOf(row[color.key])),
  );
  return [...new Set(seen)];
}

function legendOf(layers: readonly Layer[], series: readonly string[]): Drawing["legend"] {
  const title = layers.find(({ color }) => color !== null && color.scale !== "quantitative")?.color?.title;
  return title === undefined ? null : { title, series: series.slice(0, maxLegend) };
}

interface Frame {
  readonly x: Axis | null;
  readonly y: Axis | null;
  readonly series: readonly string[];
  readonly box: Box;
}

function shapesOf(layer: Layer, frame: Frame): readonly Shape[] {
  switch (layer.mark) {
    case "bar":
      return bars(layer, frame);
    case "line":
    case "area":
      return lines(layer, frame);
    case "point":
      return points(layer, frame);
    case "rect":
      return cells(layer, frame);
    case "arc":
      return [];
  }
}

const round = (value: number): number => Math.round(value * 10) / 10;
const rectangle = (x: number, y: number, width: number, height: number): string =>
  `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}Z`;

function bars(layer: Layer, { x, y, series, box }: Frame): readonly Shape[] {
  const isLying = isAcross(layer);
  const length = isLying ? x : y;
  const base = isLying ? y : x;
  const baseChannel = isLying ? layer.y : layer.x;
  if (length === null) return [];
  const colorOf = colorsOf(layer, series);
  const isBinned = baseChannel !== null && baseChannel.binWidth !== null;
  const thick = base === null ? 24 : base.band === 0 ? 6 : base.band * (isBinned ? 0.96 : 0.78);
  return stacked(layer, isLying ? "x" : "y").flatMap(({ row, from, to }) => {
    const middle =
      base === null || baseChannel === null ? (isLying ? box.height : box.width) / 2 : base.place(row[baseChannel.key]);
    const [a, b] = [layer.isStacked ? (length.place(from) ?? 0) : length.zero, length.place(to) ?? 0];
    if (middle === null) return [];
    const start = isBinned ? middle + (base?.band ?? 0) * 0.02 : middle - thick / 2;
    const size = Math.max(1, Math.abs(b - a));
    const path = isLying
      ? rectangle(Math.min(a, b), box.height - start - thick, size, thick)
      : rectangle(start, box.height - Math.max(a, b), thick, size);
    return [{ kind: "area", path, color: colorOf(row), title: titleOf(layer, row) } as const];
  });
}

function lines(layer: Layer, { x, y, series, box }: Frame): readonly Shape[] {
  if (x === null || y === null || layer.x === null || layer.y === null) return [];
  const { x: across, y: up, color } = layer;
  const colorOf = colorsOf(layer, series);
  const groups = Map.groupBy(stacked(layer, "y"), ({ row }) =>
    color === null || color.scale === "quantitative" ? "" : nameOf(row[color.key]),
  );
  return [...groups.values()].flatMap((group): readonly Shape[] => {
    const at = group
      .flatMap(({ row, from, to }) => {
        const left = x.place(row[across.key]);
        const top = layer.isStacked ? y.place(to) : y.place(row[up.key]);
        return left === null || top === null
          ? []
          : [{ left, top: box.height - top, bottom: box.height - (layer.isStacked ? (y.place(from) ?? 0) : y.zero) }];
      })
      .toSorted((a, b) => a.left - b.left);
    const [first] = group;
    if (first === undefined || at.length === 0) return [];
    const line = at.map(({ left, top }) => `${round(left)} ${round(top)}`).join("L");
    const title = color === null ? (layer.y?.title ?? "") : nameOf(first.row[color.key]);
    const own = { color: colorOf(first.row), title };
    if (layer.mark === "line") return [{ kind: "line", path: `M${line}`, ...own }];
    const back = at
      .toReversed()
      .map(({ left, bottom }) => `${round(left)} ${round(bottom)}`)
      .join("L");
    return [{ kind: "area", path: `M${line}L${back}Z`, ...own }];
  });
}

function points(layer: Layer, { x, y, series, box }: Frame): readonly Shape[] {
  const colorOf = colorsOf(layer, series);
  return layer.rows.flatMap((row) => {
    const left = x === null || layer.x === null ? box.width / 2 : x.place(row[layer.x.key]);
    const up = y === null || layer.y === null ? box.height / 2 : y.place(row[layer.y.key]);
    if (left === null || up === null) return [];
    return [
      {
        kind: "dot",
        path: circle(left, box.height - up, 3.5),
        color: colorOf(row),
        title: titleOf(layer, row),
      } as const,
    ];
  });
}

const circle = (x: number, y: number, radius: number): string =>
  `M${round(x - radius)} ${round(y)}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`;

function cells(layer: Layer, { x, y, series, box }: Frame): readonly Shape[] {
  const colorOf = colorsOf(layer, series);
  return layer.rows.flatMap((row) => {
    const across = spanOf(layer.x, x, row, box.width);
    const up = spanOf(layer.y, y, row, box.height);
    if (across === null || up === null) return [];
    const path = rectangle(across.from, box.height - up.from - up.size, across.size, up.size);
    return [{ kind: "area", path, color: colorOf(row), title: titleOf(layer, row) } as const];
  });
}

function spanOf(
  channel: Channel | null,
  axis: Axis | null,
  row: Row,
  length: number,
): { readonly from: number; readonly size: number } | null {
  if (channel === null || axis === null) return { from: 0, size: length };
  const at = axis.place(row[channel.key]);
  if (at === null) return null;
  return { from: channel.binWidth === null ? at - axis.band / 2 : at, size: Math.max(1, axis.band - 1) };
}

function arcs(layer: Layer, series: readonly string[], box: Box): readonly Shape[] {
  const { theta } = layer;
  if (theta === null) return [];
  const values = layer.rows.map((row) => Math.max(0, numberOf(row[theta.key], theta) ?? 0));
  const whole = values.reduce((sum, value) => sum + value, 0);
  if (whole === 0) return [];
  const colorOf = colorsOf(layer, series);
  const radius = Math.min(box.width, box.height) / 2;
  const [middleX, middleY] = [box.width / 2, box.height / 2];
  let turned = 0;
  return layer.rows.flatMap((row, index) => {
    const part = (values[index] ?? 0) / whole;
    if (part === 0) return [];
    const [from, to] = [turned, turned + part];
    turned = to;
    const title = titleOf(layer, row);
    if (part > 0.9999)
      return [{ kind: "area", path: circle(middleX, middleY, radius), color: colorOf(row), title } as const];
    const point = (turn: number): string =>
      `${round(middleX + radius * Math.sin(turn * 2 * Math.PI))} ${round(middleY - radius * Math.cos(turn * 2 * Math.PI))}`;
    const path = `M${middleX} ${middleY}L${point(from)}A${radius} ${radius} 0 ${part > 0.5 ? 1 : 0} 1 ${point(to)}Z`;
    return [{ kind: "area", path, color: colorOf(row), title } as const];
  });
}

function colorsOf({ color, rows }: Layer, series: readonly string[]): (row: Row) => Color {
  if (color === null) return () => ({ series: 0 });
  if (color.scale !== "quantitative") {
    const places = new Map(series.map((name, index) => [name, index]));
    return (row) => ({ series: places.get(nameOf(row[color.key])) ?? 0 });
  }
  const numbers = rows.flatMap((row) => numberOf(row[color.key], color) ?? []);
  const least = numbers.reduce((a, b) => Math.min(a, b), Infinity);
  const most = numbers.reduce((a, b) => Math.max(a, b), -Infinity);
  return (row) => {
    const value = numberOf(row[color.key], color);
    return { amount: value === null ? 0 : most === least ? 1 : (value - least) / (most - least) };
  };
}

function titleOf(layer: Layer, row: Row): string {
  return [layer.x, layer.y, layer.theta, layer.color]
    .flatMap((channel) => (channel === null ? [] : [`${channel.title}: ${nameOf(row[channel.key])}`]))
    .join("\n")
    .slice(0, 500);
}

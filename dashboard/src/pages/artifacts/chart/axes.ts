/** The axes of a chart: where a value is on them, and what is written beside. */

import { niceStep } from "./aggregate.ts";
import type { Channel, Layer, Row } from "./read-chart.ts";

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Names on an axis beyond these are left out evenly. */
const maxNames = 24;
export interface Axis {
  readonly place: (value: unknown) => number | null;
  /** How wide one value is; 0 on an axis of numbers. */
  readonly band: number;
  readonly ticks: readonly Tick[];
  readonly title: string;
  readonly zero: number;
}

export function nameOf(value: unknown): string {
  return value === null || value === undefined ? "–" : typeof value === "string" ? value : JSON.stringify(value);
}

export function numberOf(value: unknown, channel: Channel): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (channel.scale !== "temporal" || typeof value !== "string") return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : at;
}

export function axisOf(layers: readonly Layer[], side: "x" | "y", length: number): Axis | null {
  const used = layers.flatMap((layer) => {
    const channel = layer[side];
    return channel === null ? [] : [{ layer, channel }];
  });
  const [first] = used;
  if (first === undefined) return null;
  const { title } = first.channel;
  // Bars and cells stand on names, also where the names are numbers.
  const isBanded =
    first.channel.scale === "nominal" ||
    (first.layer.mark === "rect" && first.channel.binWidth === null) ||
    (isBase(first.layer, side) && first.channel.scale !== "temporal" && first.channel.binWidth === null);
  if (isBanded) return bandAxis(used, title, length);
  const values = used.flatMap(({ layer, channel }) => extentOf(layer, channel, side));
  let least = values.reduce((a, b) => Math.min(a, b), Infinity);
  let most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!Number.isFinite(least)) [least, most] = [0, 1];
  if (least === most) [least, most] = [least - Math.abs(least || 1) / 2, most + Math.abs(most || 1) / 2];
  const isTime = first.channel.scale === "temporal";
  const step = niceStep(most - least, 5);
  const from = isTime ? least : Math.floor(least / step) * step;
  const to = isTime ? most : Math.ceil(most / step) * step;
  const scale = (value: number): number => ((value - from) / (to - from)) * length;
  const ticks = isTime
    ? [0, 0.25, 0.5, 0.75, 1].map((part) => ({
        at: part * length,
        label: timeLabel(from + part * (to - from), to - from),
      }))
    : Array.from({ length: Math.round((to - from) / step) + 1 }, (_, index) => {
        const value = from + index * step;
        return { at: scale(value), label: numberLabel(value, step) };
      });
  const { channel } = first;
  return {
    place(value) {
      const number = numberOf(value, channel);
      return number === null ? null : scale(number);
    },
    band: channel.binWidth === null ? 0 : scale(from + channel.binWidth),
    ticks,
    title,
    zero: Math.min(length, Math.max(0, scale(0))),
  };
}

/** Whether a bar stands on this side, so that it tells bars apart. */
function isBase({ mark, x, y }: Layer, side: "x" | "y"): boolean {
  if (mark !== "bar") return false;
  return isAcross({ x, y }) ? side === "y" : side === "x";
}

/** Whether bars lie: their length is along x. */
export function isAcross({ x, y }: Pick<Layer, "x" | "y">): boolean {
  if (x === null || y === null) return y === null;
  return x.scale === "quantitative" && x.binWidth === null && y.scale !== "quantitative";
}

function bandAxis(
  used: readonly { readonly layer: Layer; readonly channel: Channel }[],
  title: string,
  length: number,
): Axis {
  const seen = used.flatMap(({ layer, channel }) => layer.rows.map((row) => row[channel.key]));
  const unique = [...new Map(seen.map((value) => [nameOf(value), value])).values()];
  // Numbers and times in their order; names as they are written.
  const isOrdered = unique.every((value) => typeof value === "number");
  const names = (isOrdered ? unique.toSorted((a, b) => Number(a) - Number(b)) : unique).map(nameOf);
  const band = length / Math.max(1, names.length);
  const places = new Map(names.map((name, index) => [name, (index + 0.5) * band]));
  const every = Math.ceil(names.length / maxNames);
  return {
    place: (value) => places.get(nameOf(value)) ?? null,
    band,
    ticks: names.flatMap((label, index) => (index % every === 0 ? [{ at: (index + 0.5) * band, label }] : [])),
    title,
    zero: 0,
  };
}

function extentOf(layer: Layer, channel: Channel, side: "x" | "y"): readonly number[] {
  const isLength = layer.mark === "bar" || layer.mark === "area" ? isAcross(layer) === (side === "x") : false;
  const numbers =
    isLength && layer.isStacked
      ? stacked(layer, side).flatMap(({ from, to }) => [from, to])
      : layer.rows.flatMap((row) => {
          const value = numberOf(row[channel.key], channel);
          return value === null ? [] : channel.binWidth === null ? [value] : [value, value + channel.binWidth];
        });
  return channel.hasZero && isLength ? [...numbers, 0] : numbers;
}

export interface Stacked {
  readonly row: Row;
  readonly from: number;
  readonly to: number;
}

/** Each value on those of the same base before it; what is negative goes down from nought. */
export function stacked(layer: Layer, side: "x" | "y"): readonly Stacked[] {
  const channel = layer[side];
  const base = layer[side === "x" ? "y" : "x"];
  if (channel === null) return [];
  const tops = new Map<string, number>();
  return layer.rows.flatMap((row) => {
    const value = numberOf(row[channel.key], channel);
    if (value === null) return [];
    if (!layer.isStacked) return [{ row, from: 0, to: value }];
    const key = `${value < 0} ${base === null ? "" : nameOf(row[base.key])}`;
    const from = tops.get(key) ?? 0;
    tops.set(key, from + value);
    return [{ row, from, to: from + value }];
  });
}

function numberLabel(value: number, step: number): string {
  if (Math.abs(value) >= 10_000) return new Intl.NumberFormat("en-GB", { notation: "compact" }).format(value);
  const digits = Math.max(0, Math.min(6, -Math.floor(Math.log10(step))));
  return value.toFixed(digits);
}

const dayMs = 86_400_000;

function timeLabel(at: number, spanMs: number): string {
  const text = new Date(at).toISOString();
  if (spanMs < 2 * dayMs) return text.slice(11, spanMs < 10 * 60_000 ? 19 : 16);
  return spanMs < 700 * dayMs ? text.slice(5, 10) : text.slice(0, 7);
}

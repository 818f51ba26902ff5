/**
 * A part of Vega-Lite: bars, lines, areas, points, rectangles and arcs over data that is written into the specification, with
 * the common aggregates, bins and stacks. What asks for more is told as that, and is shown as it is written.
 */

import { fieldOf, textField } from "../artifact-data.ts";
import { aggregate, type Aggregate, aggregates, binOf } from "./aggregate.ts";

export type Row = Readonly<Record<string, unknown>>;
export type Scale = "quantitative" | "temporal" | "nominal";
export type Mark = "bar" | "line" | "area" | "point" | "rect" | "arc";

export interface Channel {
  /** Where its value is in the rows of the layer. */
  readonly key: string;
  readonly scale: Scale;
  readonly title: string;
  /** Whether nought is a value of its axis. */
  readonly hasZero: boolean;
  /** How wide a bin is. */
  readonly binWidth: number | null;
}

export interface Layer {
  readonly mark: Mark;
  readonly x: Channel | null;
  readonly y: Channel | null;
  readonly color: Channel | null;
  readonly theta: Channel | null;
  readonly rows: readonly Row[];
  readonly isStacked: boolean;
}

export interface Chart {
  readonly title: string | null;
  readonly layers: readonly Layer[];
}

export type ReadChart =
  | { readonly chart: Chart; readonly reason: null }
  /** Why it is not drawn. */
  | { readonly chart: null; readonly reason: string };

/** More rows than these are not drawn. */
export const maxRows = 5000;
const maxLayers = 6;

const marks: Readonly<Record<string, Mark>> = {
  bar: "bar",
  line: "line",
  trail: "line",
  area: "area",
  point: "point",
  circle: "point",
  square: "point",
  tick: "point",
  rect: "rect",
  arc: "arc",
};

class NotDrawn extends Error {}

export function readChart(spec: unknown): ReadChart {
  try {
    const layers = readLayers(spec);
    if (layers.length > 1 && layers.some(({ mark }) => mark === "arc")) throw new NotDrawn("arcs in layers");
    return { chart: { title: titleOf(spec), layers }, reason: null };
  } catch (error) {
    if (error instanceof NotDrawn) return { chart: null, reason: error.message };
    throw error;
  }
}

function titleOf(spec: unknown): string | null {
  return textField(spec, "title") ?? textField(fieldOf(spec, "title"), "text");
}

function readLayers(spec: unknown): readonly Layer[] {
  for (const name of ["hconcat", "vconcat", "concat", "repeat", "facet"]) {
    if (fieldOf(spec, name) !== undefined) throw new NotDrawn(`charts beside each other (\`${name}\`)`);
  }
  const layers = fieldOf(spec, "layer");
  if (!Array.isArray(layers)) return [readLayer(spec, null)];
  if (layers.length === 0 || layers.length > maxLayers) throw new NotDrawn(`${layers.length} layers`);
  return layers.map((layer) => readLayer(layer, spec));
}

function readLayer(spec: unknown, around: unknown): Layer {
  for (const name of ["transform", "projection", "layer"]) {
    if (fieldOf(spec, name) !== undefined || (name !== "layer" && fieldOf(around, name) !== undefined)) {
      throw new NotDrawn(`\`${name}\``);
    }
  }
  const written = fieldOf(spec, "mark");
  const name = typeof written === "string" ? written : textField(written, "type");
  const mark = name === null || !Object.hasOwn(marks, name) ? undefined : marks[name];
  if (mark === undefined) throw new NotDrawn(name === null ? "no mark" : `the mark \`${name}\``);
  const given = rowsOf(spec) ?? rowsOf(around);
  if (given === null) throw new NotDrawn("data that is not written into it");
  if (given.length > maxRows) throw new NotDrawn(`more than ${maxRows} rows`);
  const read = (channel: string): Written | null =>
    readChannel(fieldOf(fieldOf(spec, "encoding"), channel) ?? fieldOf(fieldOf(around, "encoding"), channel), channel);
  for (const channel of ["row", "column", "facet", "x2", "y2"]) {
    if (read(channel) !== null) throw new NotDrawn(`\`${channel}\``);
  }
  const channels = {
    x: read("x"),
    y: read("y"),
    color: read("color") ?? read("fill") ?? read("stroke"),
    theta: read("theta"),
  };
  if (mark === "arc" ? channels.theta === null : channels.x === null && channels.y === null) {
    throw new NotDrawn(mark === "arc" ? "an arc without `theta`" : "no `x` and no `y`");
  }
  return finish(mark, channels, given);
}

function rowsOf(spec: unknown): readonly Row[] | null {
  const values = fieldOf(fieldOf(spec, "data"), "values");
  if (!Array.isArray(values)) return null;
  return values.map((row) => (typeof row === "object" && row !== null ? (row as Row) : { data: row as unknown }));
}

interface Written {
  readonly field: string | null;
  readonly scale: Scale | null;
  readonly title: string | null;
  readonly aggregate: Aggregate | null;
  readonly isBinned: boolean;
  readonly maxBins: number;
  readonly isStacked: boolean;
  readonly hasZero: boolean | null;
}

const scales: Readonly<Record<string, Scale>> = {
  quantitative: "quantitative",
  temporal: "temporal",
  nominal: "nominal",
  ordinal: "nominal",
};

function readChannel(written: unknown, channel: string): Written | null {
  const field = textField(written, "field");
  const named = textField(written, "aggregate");
  if (field === null && named === null) return null;
  if (named !== null && !Object.hasOwn(aggregates, named)) throw new NotDrawn(`the aggregate \`${named}\``);
  if (fieldOf(written, "timeUnit") !== undefined) throw new NotDrawn("`timeUnit`");
  const scaleType = textField(fieldOf(written, "scale"), "type");
  if (scaleType !== null && !["linear", "band", "point", "ordinal", "time", "utc"].includes(scaleType)) {
    throw new NotDrawn(`the scale \`${scaleType}\` of \`${channel}\``);
  }
  const type = textField(written, "type");
  const bin = fieldOf(written, "bin");
  const maxBins = fieldOf(bin, "maxbins");
  const zero = fieldOf(fieldOf(written, "scale"), "zero");
  const stack = fieldOf(written, "stack");
  if (stack === "normalize" || stack === "center") throw new NotDrawn(`the stack \`${stack}\``);
  return {
    field,
    scale:
      named !== null ? "quantitative" : type !== null && Object.hasOwn(scales, type) ? (scales[type] ?? null) : null,
    title: textField(written, "title") ?? textField(fieldOf(written, "axis"), "title"),
    aggregate: named as Aggregate | null,
    isBinned: bin === true || (typeof bin === "object" && bin !== null),
    maxBins: typeof maxBins === "number" ? Math.min(100, Math.max(2, maxBins)) : 10,
    isStacked: stack !== null && stack !== false,
    hasZero: typeof zero === "boolean" ? zero : null,
  };
}

type Channels = Readonly<Record<"x" | "y" | "color" | "theta", Written | null>>;

/** Bins, then sums up: afterwards each channel has its value in a field of its own. */
function finish(mark: Mark, channels: Channels, given: readonly Row[]): Layer {
  const names = Object.keys(channels) as (keyof Channels)[];
  const keyed = names.flatMap((name) => {
    const channel = channels[name];
    return channel === null ? [] : [{ name, channel }];
  });
  const bins = new Map(
    keyed.flatMap(({ name, channel }) =>
      channel.isBinned
        ? [
            [
              name,
              binOf(
                given.map((row) => fieldOf(row, channel.field ?? "")),
                channel.maxBins,
              ),
            ] as const,
          ]
        : [],
    ),
  );
  const valueOf = (row: Row, { name, channel }: (typeof keyed)[number]): unknown => {
    const value = channel.field === null ? null : (fieldOf(row, channel.field) ?? null);
    const bin = bins.get(name);
    if (bin === undefined) return value;
    return typeof value === "number" ? Math.floor((value - bin.from) / bin.width) * bin.width + bin.from : null;
  };
  const values = given.map((row) => Object.fromEntries(keyed.map((each) => [each.name, valueOf(row, each)])));
  const summed = keyed.flatMap(({ name, channel }) =>
    channel.aggregate === null ? [] : [[name, channel.aggregate] as const],
  );
  const rows = summed.length === 0 ? values : aggregate(values, summed);
  const toChannel = (name: keyof Channels): Channel | null => {
    const channel = channels[name];
    if (channel === null) return null;
    const { field, title, aggregate: how } = channel;
    return {
      key: name,
      scale: channel.scale ?? (bins.has(name) ? "quantitative" : guessScale(rows, name)),
      title: title ?? (how === null ? (field ?? "") : field === null ? "Count" : `${how} of ${field}`),
      hasZero: channel.hasZero ?? (mark === "bar" || mark === "area"),
      binWidth: bins.get(name)?.width ?? null,
    };
  };
  const isStacked =
    (mark === "bar" || mark === "area") &&
    channels.color !== null &&
    [channels.x, channels.y].every((each) => each?.isStacked !== false);
  return {
    mark,
    x: toChannel("x"),
    y: toChannel("y"),
    color: toChannel("color"),
    theta: toChannel("theta"),
    rows,
    isStacked,
  };
}

function guessScale(rows: readonly Row[], name: string): Scale {
  const values = rows.map((row) => row[name]).filter((value) => value !== null && value !== undefined);
  return values.length > 0 && values.every((value) => typeof value === "number") ? "quantitative" : "nominal";
}

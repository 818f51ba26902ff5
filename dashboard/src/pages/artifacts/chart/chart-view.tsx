/** A chart as SVG, with its data as a table beside for whoever does not see it. */

import { useId, useMemo } from "react";
import { Code } from "../../../ui/panel.tsx";
import { fieldOf, toTable } from "../artifact-data.ts";
import { TableView } from "../table-view.tsx";
import { type Color, layoutChart } from "./layout-chart.ts";
import { type Chart, readChart } from "./read-chart.ts";

/** Of the kind of Okabe and Ito; mixed with the foreground they are told from the page in both themes. */
const hues = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

function toPaint(color: Color): string {
  if ("amount" in color)
    return `color-mix(in oklab, var(--accent) ${Math.round(8 + color.amount * 92)}%, var(--panel))`;
  const hue = hues[color.series % hues.length] ?? "#0072b2";
  return `color-mix(in oklab, ${hue} ${color.series < hues.length ? 82 : 55}%, var(--fg))`;
}

export function ChartView({ spec, label }: { readonly spec: unknown; readonly label: string }) {
  const { chart, reason } = useMemo(() => readChart(spec), [spec]);
  const table = useMemo(() => toTable(fieldOf(fieldOf(spec, "data"), "values")), [spec]);
  return (
    <div className="flex min-w-0 flex-col gap-2">
      {chart === null ? (
        <p className="text-muted">This chart is not drawn here, as it asks for {reason}. This is how it is written:</p>
      ) : (
        <Drawn chart={chart} label={label} />
      )}
      {chart === null ? (
        <Code text={JSON.stringify(withoutValues(spec), null, 2)} label={`${label}: specification`} />
      ) : null}
      {table === null ? null : (
        <details open={chart === null}>
          <summary className="text-small text-muted">Data of the chart</summary>
          <TableView table={table} label={`${label}: data`} name={label} />
        </details>
      )}
    </div>
  );
}

/** The data has a table of its own. */
function withoutValues(spec: unknown): unknown {
  return JSON.parse(
    JSON.stringify(spec, (key, value: unknown) =>
      key === "values" && Array.isArray(value) ? `${value.length} rows` : value,
    ),
  ) as unknown;
}

const box = { width: 560, height: 240 };
const edges = { left: 56, right: 26, top: 8 };
const width = box.width + edges.left + edges.right;

function Drawn({ chart, label }: { readonly chart: Chart; readonly label: string }) {
  const { shapes, x, y, legend } = useMemo(() => layoutChart(chart, box), [chart]);
  const clip = useId();
  const isSlanted =
    x !== null &&
    x.ticks.length > 0 &&
    x.ticks.reduce((sum, tick) => sum + Math.min(14, tick.label.length) + 2, 0) * 6 > box.width;
  const bottom = x === null ? 8 : isSlanted ? 76 : 40;
  const height = box.height + edges.top + bottom;
  const [layer] = chart.layers;
  const summary = `${chart.title ?? label}: ${layer?.mark ?? ""} chart of ${layer?.rows.length ?? 0} values${
    x === null || y === null ? "" : `, ${y.title} by ${x.title}`
  }`;
  return (
    <figure className="flex min-w-0 flex-col gap-1">
      {chart.title === null ? null : (
        <figcaption className="truncate font-medium" title={chart.title}>
          {chart.title}
        </figcaption>
      )}
      <svg
        role="img"
        aria-label={summary.slice(0, 300)}
        viewBox={`0 0 ${width} ${height}`}
        className="w-full max-w-[720px]"
      >
        <clipPath id={clip}>
          <rect x={-6} y={-6} width={box.width + 12} height={box.height + 12} />
        </clipPath>
        <g transform={`translate(${edges.left} ${edges.top})`} fontSize="11" fill="var(--muted)">
          {y?.ticks.map(({ at, label: text }, index) => (
            <g key={index}>
              <line x1={0} x2={box.width} y1={at} y2={at} stroke="var(--line)" />
              <text x={-6} y={at + 4} textAnchor="end">
                {cut(text, 8)}
                <title>{text}</title>
              </text>
            </g>
          ))}
          {x?.ticks.map(({ at, label: text }, index) => (
            <text
              key={index}
              transform={`translate(${at} ${box.height + 15})${isSlanted ? " rotate(-35)" : ""}`}
              textAnchor={isSlanted ? "end" : "middle"}
            >
              {cut(text, 14)}
              <title>{text}</title>
            </text>
          ))}
          {x === null ? null : (
            <line x1={0} x2={box.width} y1={box.height} y2={box.height} stroke="var(--control-line)" />
          )}
          {x === null ? null : (
            <text x={box.width / 2} y={box.height + bottom - 6} textAnchor="middle">
              {cut(x.title, 60)}
            </text>
          )}
          {y === null ? null : (
            <text transform={`translate(${-edges.left + 11} ${box.height / 2}) rotate(-90)`} textAnchor="middle">
              {cut(y.title, 34)}
            </text>
          )}
          <g clipPath={`url(#${clip})`}>
            {shapes.map(({ kind, path, color, title }, index) => (
              <path
                key={index}
                d={path}
                {...(kind === "line"
                  ? { fill: "none", stroke: toPaint(color), strokeWidth: 2, strokeLinejoin: "round" as const }
                  : { fill: toPaint(color), fillOpacity: kind === "dot" ? 0.8 : 0.9 })}
              >
                <title>{title}</title>
              </path>
            ))}
          </g>
        </g>
      </svg>
      {legend === null ? null : (
        <ul
          aria-label={legend.title}
          className="flex max-h-24 flex-wrap gap-x-3 gap-y-0.5 overflow-hidden text-small text-muted"
        >
          {legend.series.map((name, index) => (
            <li key={name} className="flex max-w-40 items-center gap-1">
              <span className="size-2.5 shrink-0 rounded-[2px]" style={{ background: toPaint({ series: index }) }} />
              <span className="truncate" title={name}>
                {name}
              </span>
            </li>
          ))}
        </ul>
      )}
    </figure>
  );
}

const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

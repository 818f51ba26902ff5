/**
 * Metrics as text: the format 0.0.4 of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/), and
 * OpenMetrics 1.0 (https://github.com/prometheus/OpenMetrics), which differs in the names of counters, in how numbers of buckets
 * are written, and in its last line.
 */

import type { MetricFamily, MetricSeries } from "./metrics.ts";

export type MetricsFormat = "prometheus" | "openmetrics";

export const metricsContentTypes: Readonly<Record<MetricsFormat, string>> = {
  prometheus: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/** What a reader wants, by its `Accept`. */
export function chooseMetricsFormat(accept: string | undefined): MetricsFormat {
  const wanted = (accept ?? "").split(",").find((each) => each.trim().startsWith("application/openmetrics-text"));
  return wanted !== undefined && !/;\s*q=0(\.0*)?\s*(;|$)/.test(wanted) ? "openmetrics" : "prometheus";
}

export function toMetricsText(families: readonly MetricFamily[], format: MetricsFormat): string {
  const lines = families.flatMap((family) => toLines(family, format));
  if (format === "openmetrics") lines.push("# EOF");
  return `${lines.join("\n")}\n`;
}

function toLines(family: MetricFamily, format: MetricsFormat): readonly string[] {
  const { name, type, help, labels, buckets = [], series } = family;
  const isOpen = format === "openmetrics";
  const familyName = isOpen && type === "counter" ? name.replace(/_total$/, "") : name;
  const escapedHelp = isOpen ? escapeText(help).replaceAll('"', '\\"') : escapeText(help);
  const head = [`# HELP ${familyName} ${escapedHelp}`, `# TYPE ${familyName} ${type}`];
  const samples = series.flatMap((each) =>
    type === "histogram"
      ? toHistogram(each, { name, labels, buckets, isOpen })
      : [`${name}${toLabels(labels, each.labels)} ${toNumber(each.value)}`],
  );
  return [...head, ...samples];
}

function toHistogram(
  { labels: values, value, counts }: MetricSeries,
  family: { readonly name: string; readonly isOpen: boolean } & Required<Pick<MetricFamily, "labels" | "buckets">>,
): readonly string[] {
  const { name, labels, buckets, isOpen } = family;
  const bound = (le: number): string => (isOpen && Number.isInteger(le) ? `${le}.0` : toNumber(le));
  const all = counts.at(-1) ?? 0;
  return [
    ...[...buckets, Number.POSITIVE_INFINITY].map(
      (le, index) => `${name}_bucket${toLabels([...labels, "le"], [...values, bound(le)])} ${counts[index] ?? all}`,
    ),
    `${name}_sum${toLabels(labels, values)} ${toNumber(value)}`,
    `${name}_count${toLabels(labels, values)} ${all}`,
  ];
}

function toLabels(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return "";
  return `{${names.map((name, index) => `${name}="${escapeLabel(values[index] ?? "")}"`).join(",")}}`;
}

/** A line break would begin a new sample, and a quote end the value. */
function escapeLabel(value: string): string {
  return escapeText(value.toWellFormed()).replaceAll('"', '\\"');
}

function escapeText(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function toNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}

/** The dashboard and the alerts that docs/operations.md hands out ask for metrics that there are. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { metricTable } from "../../packages/millrace/src/contract/metrics.ts";
import type { MetricDefinition } from "../../packages/millrace/src/kit/metrics.ts";

const folder = join(import.meta.dirname, "../../docs/operations");
const metrics: ReadonlyMap<string, MetricDefinition> = new Map(Object.entries(metricTable));

interface Dashboard {
  readonly panels: readonly {
    readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
}

const dashboard = JSON.parse(readFileSync(join(folder, "grafana.json"), "utf8")) as Dashboard;
const targets = dashboard.panels.flatMap((panel) => panel.targets ?? []);
const alerts = readFileSync(join(folder, "alerts.yml"), "utf8");

/** The metric that a name of a question is of; series of a histogram have endings. */
function definitionOf(name: string): MetricDefinition | undefined {
  return metrics.get(name) ?? metrics.get(name.replace(/_(bucket|sum|count)$/, ""));
}

function namesIn(expr: string): readonly string[] {
  return Array.from(expr.matchAll(/\b(?:millrace|nodejs|process)_\w+/g), ([name]) => name);
}

test("each question is of metrics that there are, and of all that are not of the process alone", () => {
  const asked = [...targets.map(({ expr }) => expr), alerts].flatMap(namesIn);
  expect(asked.length).toBeGreaterThan(40);
  expect(asked.filter((name) => definitionOf(name) === undefined)).toEqual([]);
  const bases = new Set(asked.map((name) => name.replace(/_(bucket|sum|count)$/, "")));
  const unasked = [...metrics.keys()].filter((name) => name.startsWith("millrace_") && !bases.has(name));
  expect(unasked).toEqual(["millrace_build_info"]);
});

test("each label that is shown or grouped by is one of its metrics", () => {
  const wrong = targets.flatMap(({ expr, legendFormat }) => {
    const known = new Set([
      "le",
      "instance",
      "job",
      ...namesIn(expr).flatMap((name) => definitionOf(name)?.labels ?? []),
    ]);
    const grouped = Array.from(expr.matchAll(/by \(([^)]*)\)/g), ([, names = ""]) => names.split(", ")).flat();
    const shown = Array.from(legendFormat.matchAll(/\{\{(\w+)\}\}/g), ([, name = ""]) => name);
    return [...grouped, ...shown].filter((label) => !known.has(label)).map((label) => `${expr}: ${label}`);
  });
  expect(wrong).toEqual([]);
});

/**
 * Names and labels of events and resources at the border. Inside they are `millrace.flow-run.Completed`, with the labels
 * `id`, `name` and `role`; Prefect's are `prefect.flow-run.Completed` and `prefect.resource.id`, `.name` and `.role`.
 *
 * Each mapping is a swap: what one side calls by the other's word is called by the first's there. So nothing that a client
 * sends is lost or taken for something else, and the same function leads both ways.
 */

import type { Labels } from "../../../contract/automations.ts";

const ours = "millrace.";
const theirs = "prefect.";

const swappedLabels: ReadonlyMap<string, string> = new Map(
  ["id", "name", "role"].flatMap((label) => [
    [label, `prefect.resource.${label}`],
    [`prefect.resource.${label}`, label],
  ]),
);

/** `millrace.flow-run.Completed` as Prefect calls it. Other names stay as they are. */
export function toPrefectName(name: string): string {
  return swapPrefix(name);
}

/** The reverse of {@link toPrefectName}. */
export function fromPrefectName(name: string): string {
  return swapPrefix(name);
}

/** Labels of a resource; its id is mapped too. */
export function toPrefectLabels(labels: Labels): Record<string, string> {
  return swapLabels(labels, "id");
}

/** The reverse of {@link toPrefectLabels}. */
export function fromPrefectLabels(labels: Labels): Record<string, string> {
  return swapLabels(labels, "prefect.resource.id");
}

/** What labels must be: patterns by label. Those of ids are mapped as ids are, also behind a `!`. */
export function toPrefectSpec(spec: LabelPatterns): Record<string, string | string[]> {
  return swapSpec(spec, "id");
}

/** The reverse of {@link toPrefectSpec}. */
export function fromPrefectSpec(spec: LabelPatterns): Record<string, string | string[]> {
  return swapSpec(spec, "prefect.resource.id");
}

/** A label of `for_each`, which may be one of a related resource: `related:flow:prefect.resource.id`. */
export function toPrefectLabelPath(path: string): string {
  return swapLabelPath(path);
}

/** The reverse of {@link toPrefectLabelPath}. */
export function fromPrefectLabelPath(path: string): string {
  return swapLabelPath(path);
}

type LabelPatterns = Readonly<Record<string, string | readonly string[]>>;

function swapPrefix(name: string): string {
  if (name.startsWith(ours)) return theirs + name.slice(ours.length);
  return name.startsWith(theirs) ? ours + name.slice(theirs.length) : name;
}

function swapLabel(label: string): string {
  return swappedLabels.get(label) ?? swapPrefix(label);
}

function swapLabels(labels: Labels, idLabel: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([label, value]) => [swapLabel(label), label === idLabel ? swapPrefix(value) : value]),
  );
}

function swapSpec(spec: LabelPatterns, idLabel: string): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(spec).map(([label, patterns]) => {
      const swap = label === idLabel ? swapPattern : (pattern: string): string => pattern;
      return [swapLabel(label), typeof patterns === "string" ? swap(patterns) : patterns.map(swap)];
    }),
  );
}

function swapPattern(pattern: string): string {
  return pattern.startsWith("!") ? `!${swapPrefix(pattern.slice(1))}` : swapPrefix(pattern);
}

function swapLabelPath(path: string): string {
  const last = path.lastIndexOf(":");
  if (!path.startsWith("related:") || last < "related:".length) return swapLabel(path);
  return path.slice(0, last + 1) + swapLabel(path.slice(last + 1));
}

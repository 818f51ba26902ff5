/**
 * What the templates of an automation can read: `event`, `automation`, `labels`, `firing`, `firings` and `events`, in the
 * words of Prefect's templates, so that those written for it mean the same here. The objects that an event is about
 * (`flow_run`, `deployment` …) are added by who can read them.
 */

import type { Automation, EventFacts, Firing, Labels } from "../../contract/automations.ts";
import { createWrittenMapping } from "../../kit/safe-template.ts";

/** Values for templates about a firing. `eventOf` gives an event that a firing names by its id, if it is still there. */
export function templateValues(options: {
  readonly automation: Automation;
  readonly firing: Firing;
  readonly event: EventFacts | null;
  readonly eventOf: (id: string) => EventFacts | null;
}): Readonly<Record<string, unknown>> {
  const { automation, firing, event, eventOf } = options;
  const firings = allFirings(firing);
  const events = firings.flatMap(({ eventId }) => (eventId === null ? [] : (eventOf(eventId) ?? [])));
  return {
    automation: {
      id: automation.id,
      name: automation.name,
      description: automation.description,
      enabled: automation.enabled,
      tags: automation.tags,
    },
    event: event === null ? null : templateEvent(event),
    labels: templateLabels(firing.labels),
    firing: templateFiring(firing),
    firings: firings.map(templateFiring),
    events: events.map(templateEvent),
  };
}

/** The names that templates can read of an event. */
export function templateEvent(event: EventFacts): Readonly<Record<string, unknown>> {
  const related = event.related.map(({ labels }) => templateResource(labels));
  const firstInRole: Record<string, unknown> = Object.create(null);
  const allInRole: Record<string, unknown[]> = Object.create(null);
  for (const [index, { labels }] of event.related.entries()) {
    const role = labelOf(labels, "role") ?? "";
    firstInRole[role] ??= related[index];
    (allInRole[role] ??= []).push(related[index]);
  }
  return {
    id: event.id,
    event: event.name,
    occurred: new Date(event.at).toISOString(),
    resource: templateResource(event.resource),
    related,
    payload: event.payload,
    follows: event.follows ?? null,
    resource_in_role: firstInRole,
    resources_in_role: allInRole,
  };
}

/** Its labels by their whole names, and its id, name, role, and labels by the parts of their names. */
function templateResource(labels: Labels): Readonly<Record<string, unknown>> {
  return {
    ...labels,
    id: labelOf(labels, "id") ?? "",
    name: labelOf(labels, "name") ?? null,
    role: labelOf(labels, "role") ?? null,
    labels: templateLabels(labels),
  };
}

/** A label of ours, which is spelt out where the events are shown in Prefect's words. */
function labelOf(labels: Labels, label: "id" | "name" | "role"): string | undefined {
  return labels[`prefect.resource.${label}`] ?? labels[label];
}

/** Labels that can be read in parts: `labels.prefect.resource.id`. Each part is written as the value that it has itself. */
export function templateLabels(labels: Labels): object {
  return branch("", Object.entries(labels));
}

function branch(text: string, entries: readonly (readonly [string, string])[]): object {
  const values = new Map<string, string>();
  const below = new Map<string, [string, string][]>();
  for (const [label, value] of entries) {
    const dot = label.indexOf(".");
    const head = dot === -1 ? label : label.slice(0, dot);
    const rest = below.get(head) ?? [];
    below.set(head, rest);
    if (dot === -1) values.set(head, value);
    else rest.push([label.slice(dot + 1), value]);
  }
  const parts: Record<string, unknown> = Object.create(null);
  for (const [label, value] of entries) if (label.includes(".")) parts[label] = value;
  for (const [head, rest] of below) parts[head] = branch(values.get(head) ?? "", rest);
  return createWrittenMapping(text, parts);
}

function templateFiring(firing: Firing): Readonly<Record<string, unknown>> {
  return {
    id: firing.id,
    trigger_states: [firing.state],
    triggered: new Date(firing.at).toISOString(),
    triggering_labels: firing.labels,
    triggering_value: firing.value,
    reason: firing.reason,
  };
}

function allFirings(firing: Firing): readonly Firing[] {
  return [firing, ...firing.firings.flatMap(allFirings)];
}

/**
 * Which events a trigger is about.
 *
 * - A label pattern is a glob over the whole value, upper and lower case told apart: `*` any text, `?` one character, `[abc]`
 *   and `[a-z]` one of these, `[!abc]` none of these. A leading `!` turns it round. A label that is not there matches nothing,
 *   not even a negated pattern.
 * - Several patterns of one label: one is enough. Several labels of a spec: all of them, on the same resource.
 * - Several related specs: each needs a related resource that matches all of it; two specs may find the same one. An empty
 *   spec matches without one.
 * - An event name is matched as a whole, where `*` stands for at least one character and all else for itself; no negation.
 */

import type { EventFacts, Labels, ResourceMatch, ResourceSpec } from "../../contract/automations.ts";
import { createGlob, createNamePattern } from "../../kit/glob.ts";
import { createCountedMatch, type StepCount, uncounted } from "../../kit/step-count.ts";

/** Steps in which an event meets the patterns of a trigger, or does not: events come from anybody, and so do patterns. */
const maxSteps = 100_000;

/** The label that names a resource. */
export const resourceIdLabel = "id";
/** The label that says what a related resource was in the event. */
export const resourceRoleLabel = "role";

/** Whether an event's name is one of the patterns; `whenEmpty` answers when there is no pattern. */
export function createNameMatch(patterns: readonly string[], whenEmpty: "every" | "none"): (name: string) => boolean {
  if (patterns.length === 0) return () => whenEmpty === "every";
  return createCountedMatch(maxSteps, (steps) => {
    const matches = patterns.map((pattern) => createNamePattern(pattern, steps));
    return (name: string) => matches.some((isMatch) => isMatch(name));
  });
}

/** Whether an event's resources are those that a trigger is about. */
export function createResourceMatch(trigger: ResourceMatch): (event: EventFacts) => boolean {
  return createCountedMatch(maxSteps, (steps) => {
    const isPrimary = createSpecMatch(trigger.match, steps);
    const related = trigger.matchRelated.filter((spec) => Object.keys(spec).length > 0);
    const isRelated = related.map((spec) => createSpecMatch(spec, steps));
    return (event: EventFacts) =>
      isPrimary(event.resource) && isRelated.every((isMatch) => event.related.some(({ labels }) => isMatch(labels)));
  });
}

/** Whether one resource has all the labels of a spec. */
export function createSpecMatch(spec: ResourceSpec, steps: StepCount = uncounted): (labels: Labels) => boolean {
  const entries = Object.entries(spec).map(([label, patterns]) => ({
    label,
    matches: (typeof patterns === "string" ? [patterns] : patterns).map((pattern) =>
      createLabelPattern(pattern, steps),
    ),
  }));
  return (labels) =>
    entries.every(
      ({ label, matches }) => Object.hasOwn(labels, label) && matches.some((isMatch) => isMatch(labels[label] ?? "")),
    );
}

function createLabelPattern(pattern: string, steps: StepCount): (value: string) => boolean {
  if (!pattern.startsWith("!")) return createGlob(pattern, steps);
  const isMatch = createGlob(pattern.slice(1), steps);
  return (value) => !isMatch(value);
}

/**
 * The value of a label of `forEach`: of the resource, or by `related:role:label` of the first related resource in the role.
 * Empty when there is none.
 */
export function findLabel(event: EventFacts, label: string): string {
  const last = label.lastIndexOf(":");
  if (label.startsWith("related:") && last > "related:".length - 1) {
    const role = label.slice("related:".length, last);
    const related = event.related.find(({ labels }) => labels[resourceRoleLabel] === role);
    if (related !== undefined) return ownLabel(related.labels, label.slice(last + 1));
  }
  return ownLabel(event.resource, label);
}

function ownLabel(labels: Labels, label: string): string {
  return Object.hasOwn(labels, label) ? (labels[label] ?? "") : "";
}

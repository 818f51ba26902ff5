/**
 * Triggers as people write them, in programs and in files: the form of automations.ts, of which everything may be left out
 * that has a usual value, with durations ("5m") in place of numbers of ms, and with one text in place of a list of one.
 */

import { type Duration, toMs } from "../kit/duration.ts";
import { nearest } from "../kit/nearest.ts";
import type { EventTrigger, Metric, MetricTrigger, ResourceSpec, Trigger } from "./automations.ts";
import { MillraceError } from "./errors.ts";
import type { JsonObject } from "./objects.ts";

interface MatchInput {
  /** The resource that the event happened to. Default: every resource. */
  readonly match?: ResourceSpec;
  /** Each of these must match one of the related resources. Default: none. */
  readonly matchRelated?: ResourceSpec | readonly ResourceSpec[];
}

interface EventTriggerInput extends MatchInput {
  readonly kind: "event";
  /** Whether it fires for events that come, or for events that do not. Default "Reactive". */
  readonly posture?: EventTrigger["posture"];
  /** Events that open a window. Default: none is needed for it. */
  readonly after?: string | readonly string[];
  /** Events that are counted. Default: every event. */
  readonly expect?: string | readonly string[];
  /** Labels that split the count. */
  readonly forEach?: string | readonly string[];
  /** Default 1. */
  readonly threshold?: number;
  /** Length of a window. Default: it fires at once; of a Proactive one at least 10 s. */
  readonly within?: Duration;
}

interface CompoundTriggerInput {
  readonly kind: "compound";
  readonly triggers: readonly TriggerInput[];
  /** How many of them have to fire. Default "all". */
  readonly require?: "any" | "all" | number;
  /** Default: however long ago. */
  readonly within?: Duration | null;
}

interface SequenceTriggerInput {
  readonly kind: "sequence";
  /** Have to fire in this order. */
  readonly triggers: readonly TriggerInput[];
  /** Default: however long ago. */
  readonly within?: Duration | null;
}

interface MetricTriggerInput extends MatchInput {
  readonly kind: "metric";
  /** `duration` and `lateness` are averages in seconds; `success-rate` is between 0 and 1. */
  readonly query: Metric;
  readonly operator: MetricTrigger["operator"];
  readonly threshold: number;
  /** How far back flow runs are looked at. Default, and at least, 5 minutes. */
  readonly range?: Duration;
  /** How long the figure stays on one side. Default, and at least, 5 minutes. */
  readonly firingFor?: Duration;
}

export type TriggerInput = EventTriggerInput | CompoundTriggerInput | SequenceTriggerInput | MetricTriggerInput;

/** What is not written of each kind. */
const defaults: Readonly<Record<Trigger["kind"], JsonObject>> = {
  event: {
    posture: "Reactive",
    match: {},
    matchRelated: [],
    after: [],
    expect: [],
    forEach: [],
    threshold: 1,
    withinMs: 0,
  },
  compound: { require: "all", withinMs: null },
  sequence: { withinMs: null },
  metric: { match: {}, matchRelated: [], rangeMs: 300_000, firingForMs: 300_000 },
};

/** What is written of each kind beside that. */
const more: Readonly<Record<Trigger["kind"], readonly string[]>> = {
  event: ["within"],
  compound: ["triggers", "within"],
  sequence: ["triggers", "within"],
  metric: ["query", "operator", "threshold", "range", "firingFor"],
};

const durations: ReadonlySet<string> = new Set(["within", "range", "firingFor"]);
const lists: ReadonlySet<string> = new Set(["after", "expect", "forEach", "matchRelated"]);

const triggerKinds = Object.keys(defaults) as readonly Trigger["kind"][];

/**
 * A trigger in full. What its values mean is checked where it is kept (OBJECT_INVALID).
 *
 * @param where what it is called in an error: "automation 2: trigger"
 * @throws USAGE for a kind or a field that is not known, and for what is no duration
 */
export function toTrigger(written: unknown, where: string): JsonObject {
  const { kind, ...given } = ofKind(written, { where, known: triggerKinds });
  const usual = defaults[kind as Trigger["kind"]];
  refuseUnknown(given, {
    where,
    known: [...Object.keys(usual), ...more[kind as Trigger["kind"]], "matchRelatedIsList"],
  });
  const inner =
    "triggers" in given
      ? { triggers: toList(given.triggers, where).map((each, index) => toTrigger(each, `${where}.${index}`)) }
      : {};
  return { kind, ...usual, ...toListed(toDurations(given, { where, names: durations })), ...inner };
}

/** `within: 5m` is `withinMs: 300000`. */
export function toDurations(
  given: JsonObject,
  { where, names }: { readonly where: string; readonly names: ReadonlySet<string> },
): JsonObject {
  const entries = Object.entries(given).map(([name, value]) => {
    if (!names.has(name)) return [name, value] as const;
    try {
      return [`${name}Ms`, value === null ? null : toMs(value as Duration)] as const;
    } catch (error) {
      throw fault(`${where}: ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  return Object.fromEntries(entries);
}

function toListed(given: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      lists.has(name) && !Array.isArray(value) && value !== null ? [value] : value,
    ]),
  );
}

/** @throws USAGE unless it is an object whose `kind` is one of these */
export function ofKind(
  written: unknown,
  { where, known }: { readonly where: string; readonly known: readonly string[] },
): JsonObject & { readonly kind: string } {
  const kind = isObject(written) ? written.kind : undefined;
  if (typeof kind !== "string") throw fault(`${where} has no \`kind\`: one of ${known.join(", ")}`);
  if (known.includes(kind)) return written as JsonObject & { readonly kind: string };
  throw fault(`${where} is of the kind \`${kind}\`, which is not known`, adviceFor(kind, known));
}

/** @throws USAGE for a field that is none of these */
export function refuseUnknown(
  given: JsonObject,
  { where, known }: { readonly where: string; readonly known: readonly string[] },
): void {
  for (const field of Object.keys(given)) {
    if (known.includes(field)) continue;
    throw fault(`${where} has a field \`${field}\` that is not known`, adviceFor(field, known));
  }
}

/** @throws USAGE */
export function toList(written: unknown, where: string): readonly unknown[] {
  if (Array.isArray(written)) return written;
  throw fault(`${where} is no list`);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function fault(reason: string, advice = "Correct it; docs/automations.md shows each form."): MillraceError {
  return new MillraceError("USAGE", { reason: `${reason}.`, advice });
}

function adviceFor(given: string, known: readonly string[]): string {
  const meant = nearest(given, known);
  return meant === null ? `There are ${known.join(", ")}.` : `Did you mean \`${meant}\`?`;
}

/**
 * Automations as they are written in a file: the form of contract/automations.ts, of which everything may be left out that
 * has a usual value, and with durations ("5m") in place of numbers of ms.
 */

import type { JsonObject, NewObject } from "../../../contract/objects.ts";
import { type Duration, toMs } from "../../../kit/duration.ts";
import { nearest } from "../../../kit/nearest.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";

export type AutomationToSave = Omit<NewObject<"automation">, "id" | "owner">;

const fields = [
  "name",
  "description",
  "enabled",
  "tags",
  "trigger",
  "actions",
  "actionsOnTrigger",
  "actionsOnResolve",
] as const;

/** What is not written of each kind of trigger. */
const triggerDefaults: Readonly<Record<string, JsonObject>> = {
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

/** What is not written of each kind of action. */
const actionDefaults: Readonly<Record<string, JsonObject>> = {
  "run-deployment": { parameters: null, jobVariables: null, delayMs: 0 },
  "change-flow-run-state": { name: null, message: null, force: false },
  "send-notification": { subject: "Millrace" },
};

/** The automations of a file: one, a list, or a list under `automations`. @throws UsageProblem that says where */
export function toAutomations(written: unknown): readonly AutomationToSave[] {
  const listed = isObject(written) && Array.isArray(written.automations) ? written.automations : written;
  const all: readonly unknown[] = Array.isArray(listed) ? listed : [listed];
  if (all.length === 0) throw new UsageProblem("the file has no automation");
  return all.map((each, index) => toAutomation(each, all.length === 1 ? "the automation" : `automation ${index + 1}`));
}

function toAutomation(written: unknown, where: string): AutomationToSave {
  if (!isObject(written)) throw new UsageProblem(`${where} is no object of ${fields.join(", ")}`);
  for (const field of Object.keys(written)) {
    if ((fields as readonly string[]).includes(field)) continue;
    const meant = nearest(field, fields);
    const advice = meant === null ? `it has ${fields.join(", ")}` : `did you mean \`${meant}\`?`;
    throw new UsageProblem(`${where} has a field \`${field}\` that is not known`, advice);
  }
  const { name, description = "", enabled = true, tags = [], trigger } = written;
  if (typeof name !== "string" || name === "") throw new UsageProblem(`${where} has no name`);
  if (typeof description !== "string") throw new UsageProblem(`${where}: description is no text`);
  if (typeof enabled !== "boolean") throw new UsageProblem(`${where}: enabled is neither true nor false`);
  return {
    name,
    description,
    enabled,
    tags: toList(tags, `${where}: tags`).map(String),
    trigger: toTrigger(trigger, `${where}: trigger`),
    actions: toActions(written.actions, `${where}: actions`),
    actionsOnTrigger: toActions(written.actionsOnTrigger, `${where}: actionsOnTrigger`),
    actionsOnResolve: toActions(written.actionsOnResolve, `${where}: actionsOnResolve`),
  };
}

function toTrigger(written: unknown, where: string): JsonObject {
  const { kind, ...given } = ofKind(written, { where, known: Object.keys(triggerDefaults) });
  const times = toDurations(given, { where, names: ["within", "range", "firingFor"] });
  const inner = "triggers" in given ? { triggers: toList(given.triggers, where).map(toInner(where)) } : {};
  return { kind, ...triggerDefaults[kind], ...times, ...inner };
}

function toInner(where: string): (written: unknown, index: number) => JsonObject {
  return (written, index) => toTrigger(written, `${where}.${index}`);
}

function toActions(written: unknown, where: string): readonly JsonObject[] {
  return toList(written ?? [], where).map((each, index) => {
    const { kind, ...given } = ofKind(each, { where: `${where}.${index}`, known: null });
    return { kind, ...actionDefaults[kind], ...toDurations(given, { where, names: ["delay"] }) };
  });
}

/** `within: 5m` is `withinMs: 300000`. */
function toDurations(
  given: JsonObject,
  { where, names }: { readonly where: string; readonly names: readonly string[] },
): JsonObject {
  const entries = Object.entries(given).map(([name, value]) => {
    if (!names.includes(name)) return [name, value] as const;
    try {
      return [`${name}Ms`, value === null ? null : toMs(value as Duration)] as const;
    } catch (error) {
      throw new UsageProblem(`${where}: ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  return Object.fromEntries(entries);
}

function ofKind(
  written: unknown,
  { where, known }: { readonly where: string; readonly known: readonly string[] | null },
): JsonObject & { readonly kind: string } {
  const kind = isObject(written) ? written.kind : undefined;
  if (typeof kind !== "string") {
    const kinds = known === null ? "" : `: one of ${known.join(", ")}`;
    throw new UsageProblem(`${where} has no \`kind\`${kinds}`);
  }
  if (known === null || known.includes(kind)) return written as JsonObject & { readonly kind: string };
  const meant = nearest(kind, known);
  const advice = meant === null ? `it is one of ${known.join(", ")}` : `did you mean \`${meant}\`?`;
  throw new UsageProblem(`${where} is of the kind \`${kind}\`, which is not known`, advice);
}

function toList(written: unknown, where: string): readonly unknown[] {
  if (Array.isArray(written)) return written;
  throw new UsageProblem(`${where} is no list`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

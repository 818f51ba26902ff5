/**
 * Schemas of contract/automations.ts. A field or a kind that is not known is refused: an automation that is written wrong
 * would be one that never does anything, and nobody is told of what does not happen.
 */

import * as z from "zod";
import type { Trigger } from "../../automations.ts";
import { nearest } from "../../../kit/nearest.ts";
import { uuid } from "./ids.ts";
import { stateType } from "./states.ts";

const text = z.string();
const texts = z.array(text);
const jsonObject = z.record(text, z.unknown());

/** An object of these fields and no others; of one that is not known it says which is. */
function strict<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== "unrecognized_keys") return undefined;
      return issue.keys.map((key) => tellUnknown(key, Object.keys(shape))).join("; ");
    },
  });
}

/** What is said of an object whose kind is none of these. */
function kindError(kinds: readonly string[]): z.core.$ZodErrorMap<z.core.$ZodIssueInvalidUnion> {
  return ({ input }) => {
    const { kind } = (input ?? {}) as { readonly kind?: unknown };
    return typeof kind === "string" ? tellUnknown(kind, kinds) : `is missing; it is one of ${kinds.join(", ")}`;
  };
}

function tellUnknown(given: string, known: readonly string[]): string {
  const meant = nearest(given, known);
  return `\`${given}\` is not known; ${meant === null ? `there are ${known.join(", ")}` : `\`${meant}\` is`}`;
}

const resourceSpec = z.record(text, z.union([text, texts])).meta({ id: "ResourceSpec" });

const resourceMatch = {
  match: resourceSpec,
  matchRelated: z.array(resourceSpec),
  matchRelatedIsList: z.literal(true).exactOptional(),
} as const;

const children = z.array(z.lazy((): z.ZodType<Trigger> => trigger));

export const trigger: z.ZodType<Trigger> = z
  .discriminatedUnion(
    "kind",
    [
      strict({
        kind: z.literal("event"),
        posture: z.enum(["Reactive", "Proactive"]),
        ...resourceMatch,
        after: texts,
        expect: texts,
        forEach: texts,
        threshold: z.number(),
        withinMs: z.number(),
      }),
      strict({
        kind: z.literal("compound"),
        triggers: children,
        require: z.union([z.enum(["any", "all"]), z.number()]),
        withinMs: z.number().nullable(),
      }),
      strict({ kind: z.literal("sequence"), triggers: children, withinMs: z.number().nullable() }),
      strict({
        kind: z.literal("metric"),
        ...resourceMatch,
        query: z.enum(["duration", "lateness", "success-rate"]),
        operator: z.enum(["<", "<=", ">", ">="]),
        threshold: z.number(),
        rangeMs: z.number(),
        firingForMs: z.number(),
      }),
    ],
    { error: kindError(["event", "compound", "sequence", "metric"]) },
  )
  .meta({ id: "Trigger" });

const actionTarget = z
  .discriminatedUnion("source", [
    strict({ source: z.literal("selected"), id: uuid }),
    strict({ source: z.literal("inferred") }),
  ])
  .meta({ id: "ActionTarget" });

/** Each is paused and resumed alike. */
const onTarget = z.enum([
  "pause-deployment",
  "resume-deployment",
  "pause-work-pool",
  "resume-work-pool",
  "pause-work-queue",
  "resume-work-queue",
  "pause-automation",
  "resume-automation",
]);
const onSchedule = z.enum(["pause-schedule", "resume-schedule"]);
const onRunOfEvent = z.enum(["cancel-flow-run", "suspend-flow-run", "resume-flow-run", "delete-flow-run"]);

/** Of contract/automations.ts, in the order in which they are shown. */
const actionKinds = [
  "run-deployment",
  ...onTarget.options,
  ...onSchedule.options,
  ...onRunOfEvent.options,
  "change-flow-run-state",
  "send-notification",
  "call-webhook",
  "declare-incident",
  "do-nothing",
] as const;

export const action = z
  .discriminatedUnion(
    "kind",
    [
      strict({ kind: z.literal("do-nothing") }),
      strict({
        kind: z.literal("run-deployment"),
        target: actionTarget,
        parameters: jsonObject.nullable(),
        jobVariables: jsonObject.nullable(),
        delayMs: z.number(),
      }),
      strict({ kind: onTarget, target: actionTarget }),
      strict({ kind: onSchedule, deploymentId: uuid, scheduleId: uuid }),
      strict({ kind: onRunOfEvent }),
      strict({
        kind: z.literal("change-flow-run-state"),
        state: stateType,
        name: text.nullable(),
        message: text.nullable(),
        force: z.boolean(),
      }),
      strict({ kind: z.literal("call-webhook"), blockDocumentId: uuid, payload: text }),
      strict({ kind: z.literal("send-notification"), blockDocumentId: uuid, subject: text, body: text }),
      strict({
        kind: z.literal("declare-incident"),
        severity: z.enum(["minor", "moderate", "major", "critical"]),
        title: text,
        description: text,
      }),
    ],
    { error: kindError(actionKinds) },
  )
  .meta({ id: "Action" });

export const actions = z.array(action);

/** What an automation does, in parts that may be absent. */
export const automationParts = z.object({
  trigger: trigger.optional(),
  actions: actions.optional(),
  actionsOnTrigger: actions.optional(),
  actionsOnResolve: actions.optional(),
});

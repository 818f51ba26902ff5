/** What sets an automation off: an event, or several in any order or in one. Durations are in s. */

import * as z from "zod";
import { seconds, texts, uuid } from "./common.ts";
import { resourceSpecification } from "./events.ts";

const posture = z.enum(["Reactive", "Proactive"]);

const matchRelated = z.union([resourceSpecification, z.array(resourceSpecification)]);

/** The shortest time in which something may be found missing, in s. */
const minProactiveSeconds = 10;

const within = seconds.refine((value) => value >= 0, "Input should be greater than or equal to 0");

const eventTriggerInput = z
  .object({
    type: z.literal("event").default("event"),
    id: uuid.optional(),
    match: resourceSpecification.default({}),
    match_related: matchRelated.default({}),
    after: texts.default([]),
    expect: texts.default([]),
    for_each: texts.default([]),
    posture,
    threshold: z.int().default(1),
    within: within.default(0),
  })
  .refine(
    (trigger) => trigger.posture === "Reactive" || trigger.within === 0 || trigger.within >= minProactiveSeconds,
    "`within` for Proactive triggers must be greater than or equal to 10 seconds",
  )
  .transform((trigger) =>
    trigger.posture === "Proactive" && trigger.within === 0 ? { ...trigger, within: minProactiveSeconds } : trigger,
  );

/** Not in Prefect's open-source server, but in its clients. */
const metricName = z.enum(["duration", "lateness", "successes"]);
const metricOperator = z.enum(["<", "<=", ">", ">="]);
const minMetricSeconds = 300;
const metricSeconds = seconds
  .refine((value) => value >= minMetricSeconds, "The minimum is 300 seconds")
  .default(minMetricSeconds);

const metricTriggerInput = z.object({
  type: z.literal("metric"),
  id: uuid.optional(),
  match: resourceSpecification.default({}),
  match_related: matchRelated.default({}),
  posture: z.literal("Metric").default("Metric"),
  metric: z.object({
    name: metricName,
    threshold: z.number(),
    operator: metricOperator,
    range: metricSeconds,
    firing_for: metricSeconds,
  }),
});

const required = z.union([z.int().min(1, "require must be at least 1"), z.enum(["any", "all"])]);

interface CompoundTriggerInput {
  type: "compound";
  id?: string | undefined;
  triggers: TriggerInput[];
  within: number | null;
  require: number | "any" | "all";
}

interface SequenceTriggerInput {
  type: "sequence";
  id?: string | undefined;
  triggers: TriggerInput[];
  within: number | null;
}

export type TriggerInput =
  | z.output<typeof eventTriggerInput>
  | z.output<typeof metricTriggerInput>
  | CompoundTriggerInput
  | SequenceTriggerInput;

const triggersInput = z.array(z.lazy((): z.ZodType<TriggerInput> => triggerInput));

const compoundTriggerInput = z
  .object({
    type: z.literal("compound").default("compound"),
    id: uuid.optional(),
    triggers: triggersInput,
    within: within.nullable(),
    require: required,
  })
  .refine(
    ({ require, triggers }) => typeof require === "string" || require <= triggers.length,
    "require must be less than or equal to the number of triggers",
  );

const sequenceTriggerInput = z.object({
  type: z.literal("sequence").default("sequence"),
  id: uuid.optional(),
  triggers: triggersInput,
  within: within.nullable(),
});

export const triggerInput: z.ZodType<TriggerInput> = z
  .union([metricTriggerInput, eventTriggerInput, compoundTriggerInput, sequenceTriggerInput])
  .meta({ id: "TriggerCreate" });

const eventTrigger = z
  .object({
    type: z.literal("event"),
    id: uuid,
    match: resourceSpecification,
    match_related: matchRelated,
    after: texts,
    expect: texts,
    for_each: texts,
    posture,
    threshold: z.int(),
    within: z.number(),
  })
  .meta({ id: "EventTrigger" });

const metricTrigger = z
  .object({
    type: z.literal("metric"),
    id: uuid,
    match: resourceSpecification,
    match_related: matchRelated,
    posture: z.literal("Metric"),
    metric: z.object({
      name: metricName,
      threshold: z.number(),
      operator: metricOperator,
      range: z.number(),
      firing_for: z.number(),
    }),
  })
  .meta({ id: "MetricTrigger" });

interface CompoundTrigger {
  type: "compound";
  id: string;
  triggers: Trigger[];
  within: number | null;
  require: number | "any" | "all";
}

interface SequenceTrigger {
  type: "sequence";
  id: string;
  triggers: Trigger[];
  within: number | null;
}

export type Trigger =
  | z.output<typeof eventTrigger>
  | z.output<typeof metricTrigger>
  | CompoundTrigger
  | SequenceTrigger;

const composite = {
  id: uuid,
  triggers: z.array(z.lazy((): z.ZodType<Trigger, Trigger> => trigger)),
  within: z.number().nullable(),
};

export const trigger: z.ZodType<Trigger, Trigger> = z
  .union([
    eventTrigger,
    metricTrigger,
    z.object({ type: z.literal("compound"), ...composite, require: z.union([z.int(), z.enum(["any", "all"])]) }),
    z.object({ type: z.literal("sequence"), ...composite }),
  ])
  .meta({ id: "Trigger" });

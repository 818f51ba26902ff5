/** Schemas of contract/trials.ts, contract/evaluations.ts, contract/bulk.ts and contract/log-search.ts. */

import * as z from "zod";
import type { EvaluationReason, Firing } from "../../automations.ts";
import type { KeptEvaluation } from "../../evaluations.ts";
import { actions, trigger } from "./automations.ts";
import { failureGroupRef } from "./failures.ts";
import { condition } from "./query.ts";
import { logFilter } from "./records.ts";
import { time } from "./states.ts";

const optional = <Schema extends z.ZodType>(schema: Schema) => schema.exactOptional();

const jsonObject = z.record(z.string(), z.unknown());
const jsonObjects = z.array(jsonObject);

/** As a request is read; {@link strictTrial} says what of it is right. */
export const automationTrial = z.object({
  id: optional(z.string()),
  trigger: optional(jsonObject),
  actions: optional(jsonObjects),
  actionsOnTrigger: optional(jsonObjects),
  actionsOnResolve: optional(jsonObjects),
  enabled: optional(z.boolean()),
  since: time,
  until: time,
  maxFirings: optional(z.int().min(1).max(1000)),
});

export const strictTrial = automationTrial
  .extend({
    trigger: optional(trigger),
    actions: optional(actions),
    actionsOnTrigger: optional(actions),
    actionsOnResolve: optional(actions),
  })
  .meta({ id: "AutomationTrial" });

const labels = z.record(z.string(), z.string());

const firing: z.ZodType<Firing> = z
  .object({
    id: z.string(),
    automationId: z.string(),
    path: z.string(),
    state: z.enum(["Triggered", "Resolved"]),
    at: time,
    labels,
    eventId: z.string().nullable(),
    eventIds: z.array(z.string()),
    value: z.number().nullable(),
    firings: z.array(z.lazy(() => firing)),
    reason: z.string(),
  })
  .meta({ id: "Firing" });

const outcomes = [
  "fired",
  "counted",
  "opened",
  "satisfied",
  "expired",
  "late",
  "repeated",
  "no-window",
  "waiting",
  "evicted",
] as const;

const evaluationReason: z.ZodType<EvaluationReason> = z
  .object({ path: z.string(), key: z.array(z.string()), outcome: z.enum(outcomes), text: z.string() })
  .meta({ id: "EvaluationReason" });

export const keptEvaluation: z.ZodType<KeptEvaluation> = z
  .object({
    path: z.string(),
    key: z.array(z.string()),
    outcome: z.enum([...outcomes, "failed"]),
    text: z.string(),
    firstAt: time,
    at: time,
    count: z.int(),
  })
  .meta({ id: "KeptEvaluation" });

export const trialReport = z
  .object({
    firings: z.array(firing),
    reasons: z.array(evaluationReason),
    eventCount: z.number(),
    isCut: z.boolean(),
  })
  .meta({ id: "TrialReport" });

export const flowRunsChange = z
  .object({
    where: condition,
    action: z.enum(["cancel", "retry", "resume", "delete"]),
    failure: optional(failureGroupRef),
    isDryRun: optional(z.boolean()),
    max: optional(z.int().min(1).max(1000)),
    cursor: optional(z.string().nullable()),
  })
  .meta({ id: "FlowRunsChange" });

export const flowRunsChanged = z
  .object({
    matched: z.number(),
    changed: z.array(z.string()),
    refused: z.array(z.object({ id: z.string(), name: z.string(), reason: z.string() })),
    next: z.string().nullable(),
  })
  .meta({ id: "FlowRunsChanged" });

export const logSearch = z
  .object({
    of: logFilter.pick({ flowRunIds: true, taskRunIds: true, minLevel: true, where: true }),
    text: optional(z.string()),
    minLevel: logFilter.shape.minLevel,
    max: optional(z.int().min(1).max(50_000)),
  })
  .meta({ id: "LogSearch" });

export const logMatches = z
  .object({ total: z.number(), ordinals: z.array(z.number()), isCut: z.boolean() })
  .meta({ id: "LogMatches" });

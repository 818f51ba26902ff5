/** Schemas of contract/trials.ts, contract/bulk.ts and contract/log-search.ts. */

import * as z from "zod";
import type { EvaluationReason, Firing } from "../../automations.ts";
import { condition } from "./query.ts";
import { logFilter } from "./records.ts";
import { time } from "./states.ts";

const optional = <Schema extends z.ZodType>(schema: Schema) => schema.exactOptional();

export const automationTrial = z
  .object({
    id: optional(z.string()),
    trigger: optional(z.record(z.string(), z.unknown())),
    since: time,
    until: time,
    maxFirings: optional(z.int().min(1).max(1000)),
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

const evaluationReason: z.ZodType<EvaluationReason> = z
  .object({
    path: z.string(),
    key: z.array(z.string()),
    outcome: z.enum([
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
    ]),
    text: z.string(),
  })
  .meta({ id: "EvaluationReason" });

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
    action: z.enum(["cancel", "retry", "delete"]),
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

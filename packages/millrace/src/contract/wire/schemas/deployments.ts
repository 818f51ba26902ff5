/** Schemas of contract/deployments.ts. Deployments and schedules themselves are objects of objects.ts. */

import * as z from "zod";
import type {
  DeploymentChange,
  DeploymentToSave,
  SavedDeployment,
  ScheduleChange,
  ScheduleToSave,
} from "../../deployments.ts";
import type { DeploymentTriggerToSave } from "../../deployment-triggers.ts";
import type { Deployment, DeploymentVersion, JsonObject, Schedule } from "../../objects.ts";
import type { ScheduleSpec } from "../../schedules.ts";
import { trigger } from "./automations.ts";
import { flowRun, flowRunExtra } from "./flow-run.ts";
import { uuid } from "./ids.ts";
import { labels, objectSchemas } from "./objects.ts";
import { proposedState, time } from "./states.ts";

const id = uuid;
const text = z.string();
const jsonObject = z.record(z.string(), z.unknown());

/** What a schedule's text means is checked where it is read. */
const scheduleSpec: z.ZodType<ScheduleSpec> = z
  .discriminatedUnion("kind", [
    z.object({
      kind: z.literal("cron"),
      cron: text,
      timezone: text.exactOptional(),
      dayOr: z.boolean().exactOptional(),
    }),
    z.object({
      kind: z.literal("interval"),
      everyMs: z.number(),
      anchorAt: time.exactOptional(),
      timezone: text.exactOptional(),
    }),
    z.object({ kind: z.literal("rrule"), rrule: text, timezone: text.exactOptional() }),
    z.object({ kind: z.literal("dates"), at: z.array(time) }),
  ])
  .meta({ id: "ScheduleSpec" });

// The fields of objects.ts are known as schemas, and not as types.
export const deployment = objectSchemas.deployment.whole as unknown as z.ZodType<Deployment>;
export const deploymentVersion = objectSchemas["deployment-version"].whole as unknown as z.ZodType<DeploymentVersion>;
export const versionNumber = z.int().min(1);
export const schedule = objectSchemas.schedule.whole as unknown as z.ZodType<Schedule>;

const keptOfSchedule = { deploymentId: true, nextAt: true, madeUntil: true } as const;

export const scheduleToSave = objectSchemas.schedule.created
  .omit({ ...keptOfSchedule, id: true })
  .extend({ spec: scheduleSpec })
  .meta({ id: "ScheduleToSave" }) as unknown as z.ZodType<ScheduleToSave>;

export const scheduleChange = objectSchemas.schedule.change
  .omit(keptOfSchedule)
  .extend({ spec: scheduleSpec.exactOptional() })
  .meta({ id: "ChangeOfSchedule" }) as unknown as z.ZodType<ScheduleChange>;

const changeableOfDeployment = objectSchemas.deployment.change.omit({
  flowId: true,
  flowName: true,
  polledAt: true,
  readiness: true,
  versionNumber: true,
});

export const deploymentChange = changeableOfDeployment.meta({
  id: "ChangeOfDeployment",
}) as unknown as z.ZodType<DeploymentChange>;

const deploymentTrigger: z.ZodType<DeploymentTriggerToSave> = z
  .strictObject({
    name: text.min(1),
    description: text.exactOptional(),
    enabled: z.boolean().exactOptional(),
    trigger: trigger as z.ZodType<unknown> as z.ZodType<JsonObject>,
    parameters: jsonObject.nullable().exactOptional(),
    jobVariables: jsonObject.nullable().exactOptional(),
    delayMs: z.number().min(0).exactOptional(),
  })
  .meta({ id: "DeploymentTrigger" });

export const deploymentToSave = changeableOfDeployment
  .extend({
    flowName: text.min(1),
    name: text.min(1),
    schedules: z.array(scheduleToSave).exactOptional(),
    triggers: z.array(deploymentTrigger).exactOptional(),
  })
  .meta({ id: "DeploymentToSave" }) as unknown as z.ZodType<DeploymentToSave>;

export const savedDeployment: z.ZodType<SavedDeployment> = z
  .object({ deployment, schedules: z.array(schedule), isNew: z.boolean() })
  .meta({ id: "SavedDeployment" });

export const runSubmission = z
  .object({
    deployment: text,
    parameters: jsonObject.exactOptional(),
    enforcesSchema: z.boolean().exactOptional(),
    name: text.exactOptional(),
    tags: z.array(text).exactOptional(),
    labels: labels.exactOptional(),
    jobVariables: jsonObject.exactOptional(),
    idempotencyKey: text.exactOptional(),
    workQueueName: text.exactOptional(),
    scheduledAt: time.exactOptional(),
    state: proposedState.exactOptional(),
    parentTaskRunId: id.exactOptional(),
    createdBy: z.unknown().exactOptional(),
    extra: flowRunExtra.exactOptional(),
    rerun: z.object({ of: id, fromStep: text.min(1).exactOptional() }).exactOptional(),
  })
  .meta({ id: "RunSubmission" });

export const submittedRun = z.object({ run: flowRun, isNew: z.boolean() }).meta({ id: "SubmittedRun" });

export const scheduleWindow = z
  .object({
    deploymentId: id,
    from: time,
    to: time,
    max: z.int().min(1).max(1000).exactOptional(),
    isDryRun: z.boolean().exactOptional(),
  })
  .meta({ id: "ScheduleWindow" });

export const scheduledRun = z
  .object({ id, scheduleId: id, dueAt: time, isNew: z.boolean() })
  .meta({ id: "ScheduledRun" });

export const draftSchedule = z
  .object({
    spec: scheduleSpec,
    startAt: time.exactOptional(),
    endAt: time.exactOptional(),
    after: time.exactOptional(),
    limit: z.int().min(1).max(1000).exactOptional(),
  })
  .meta({ id: "DraftSchedule" });

/** What an automation does. The thing that is acted on is chosen by its id, or found in the event (`inferred`). */

import * as z from "zod";
import { jsonObject, orNull, seconds, text, uuid } from "./common.ts";
import { stateType } from "./states.ts";

const source = z.enum(["selected", "inferred"]);

/** Actions on the run that the event is about need nothing else. */
const ofTheEvent = z.object({
  type: z.enum(["do-nothing", "cancel-flow-run", "delete-flow-run", "suspend-flow-run", "resume-flow-run"]),
});

const onDeployment = z.enum(["pause-deployment", "resume-deployment"]);
const onWorkPool = z.enum(["pause-work-pool", "resume-work-pool"]);
const onWorkQueue = z.enum(["pause-work-queue", "resume-work-queue"]);
const onAutomation = z.enum(["pause-automation", "resume-automation"]);

type Target = "deployment_id" | "work_pool_id" | "work_queue_id" | "automation_id";

/** Which thing, where it is selected; which may not be said where it is to be found. */
function targetInput<Name extends Target>(name: Name) {
  return { source: source.default("selected"), ...({ [name]: orNull(uuid) } as Record<Name, typeof optionalId>) };
}

const optionalId = orNull(uuid);

function namesItsTarget(name: Target) {
  return (
    action: { readonly source: "selected" | "inferred" } & { readonly [Name in Target]?: string | null },
    context: z.RefinementCtx,
  ): void => {
    const isNamed = (action[name] ?? null) !== null;
    if ((action.source === "selected") === isNamed) return;
    const message = `${name} is ${isNamed ? "not allowed" : "required"}`;
    context.addIssue({ code: "custom", message, input: action });
  };
}

const runDeploymentType = z.literal("run-deployment");
const sendNotificationType = z.literal("send-notification");
const callWebhookType = z.literal("call-webhook");
const changeStateType = z.literal("change-flow-run-state");
/** Those below are not in Prefect's open-source server; its clients pass on what they do not know. */
const onSchedule = z.enum(["pause-schedule", "resume-schedule"]);
const incidentType = z.literal("declare-incident");
const incidentSeverity = z.enum(["minor", "moderate", "major", "critical"]);

const actionInput = z.discriminatedUnion("type", [
  ofTheEvent,
  z
    .object({
      type: runDeploymentType,
      ...targetInput("deployment_id"),
      parameters: orNull(jsonObject),
      job_variables: orNull(jsonObject),
      schedule_after: seconds.refine((value) => value >= 0, "Input should be greater than or equal to 0").default(0),
    })
    .superRefine(namesItsTarget("deployment_id")),
  z.object({ type: onDeployment, ...targetInput("deployment_id") }).superRefine(namesItsTarget("deployment_id")),
  z.object({ type: onWorkPool, ...targetInput("work_pool_id") }).superRefine(namesItsTarget("work_pool_id")),
  z.object({ type: onWorkQueue, ...targetInput("work_queue_id") }).superRefine(namesItsTarget("work_queue_id")),
  z.object({ type: onAutomation, ...targetInput("automation_id") }).superRefine(namesItsTarget("automation_id")),
  z.object({
    type: changeStateType,
    name: orNull(text),
    state: stateType,
    message: orNull(text),
    force: z.boolean().default(false),
  }),
  z.object({ type: callWebhookType, block_document_id: uuid, payload: webhookPayload() }),
  z.object({
    type: sendNotificationType,
    block_document_id: uuid,
    subject: text.default("Prefect automated notification"),
    body: text,
  }),
  z.object({ type: onSchedule, deployment_id: uuid, schedule_id: uuid }),
  z.object({
    type: incidentType,
    severity: incidentSeverity.default("moderate"),
    title: text.default("Incident of {{ automation.name }}"),
    description: text.default(""),
  }),
]);

/** Text, or a value that is made text. */
function webhookPayload() {
  return z
    .union([text, jsonObject, z.array(z.unknown()), z.null()])
    .default("")
    .transform(toPayload);
}

function toPayload(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null ? "" : JSON.stringify(value, null, 2);
}

export const actionsInput = z.array(actionInput);

const optional = uuid.nullable();

export const action = z
  .discriminatedUnion("type", [
    ofTheEvent,
    z.object({
      type: runDeploymentType,
      source,
      deployment_id: optional,
      parameters: jsonObject.nullable(),
      job_variables: jsonObject.nullable(),
      schedule_after: z.number(),
    }),
    z.object({ type: onDeployment, source, deployment_id: optional }),
    z.object({ type: onWorkPool, source, work_pool_id: optional }),
    z.object({ type: onWorkQueue, source, work_queue_id: optional }),
    z.object({ type: onAutomation, source, automation_id: optional }),
    z.object({
      type: changeStateType,
      name: text.nullable(),
      state: stateType,
      message: text.nullable(),
      force: z.boolean(),
    }),
    z.object({ type: callWebhookType, block_document_id: uuid, payload: text }),
    z.object({ type: sendNotificationType, block_document_id: uuid, subject: text, body: text }),
    z.object({ type: onSchedule, deployment_id: uuid, schedule_id: uuid }),
    z.object({ type: incidentType, severity: incidentSeverity, title: text, description: text }),
  ])
  .meta({ id: "Action" });

export const actions = z.array(action);

export type ActionInput = z.output<typeof actionInput>;
export type Action = z.output<typeof action>;

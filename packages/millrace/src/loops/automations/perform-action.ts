/** One action, done over the Api. Doing it again for the same firing starts no second run. */

import type { Api } from "../../contract/api.ts";
import type { Action, ActionTarget, EventFacts, Firing, Labels } from "../../contract/automations.ts";
import { isMillraceError } from "../../contract/errors.ts";
import type { JsonObject } from "../../contract/objects.ts";
import { defaultStateNames, type ProposedState } from "../../contract/states.ts";
import type { Vault } from "../../contract/runtime.ts";
import type { Clock } from "../../kit/clock.ts";
import { createSafeTemplate, type Filter, TemplateError } from "../../kit/safe-template.ts";
import { fillParameters, parameterTemplates } from "../../rules/automations/fill-parameters.ts";
import { inferTarget, targetKindOf } from "../../rules/automations/infer-target.ts";
import { isWorthAgain } from "../../rules/automations/retry-action.ts";
import { templateValues } from "../../rules/automations/template-values.ts";
import { defaultAnswer } from "../../rules/default-answer.ts";
import type { AddressCheck } from "./check-address.ts";
import type { FiringRecord, PlannedAction } from "./firing-record.ts";
import { toNotificationRequests, toWebhookRequest } from "./notification-requests.ts";
import { openBlock, type OpenBlock } from "./open-block.ts";
import { describeSendFailure, type HttpAnswer, type HttpRequest, isUnanswered, sendHttp } from "./send-http.ts";
import { signRequest } from "./sign-request.ts";
import { readTemplateObjects, readVariables, type TemplateApi } from "./template-objects.ts";

export interface ActionContext {
  readonly api: TemplateApi &
    Pick<
      Api,
      | "submitRun"
      | "pauseDeployment"
      | "resumeDeployment"
      | "updateSchedule"
      | "updateObject"
      | "updateWorkQueue"
      | "proposeFlowRunState"
      | "deleteFlowRun"
      | "readSecret"
      | "readInboxItem"
      | "answerPause"
      | "record"
    >;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly checkAddress: AddressCheck;
  readonly vocabulary: TemplateVocabulary;
  /** Filters of templates beside those of the language. */
  readonly filters: Readonly<Record<string, Filter>>;
}

/** How templates call what events tell of, where that is not as we do. */
export interface TemplateVocabulary {
  readonly event: (event: EventFacts) => EventFacts;
  readonly labels: (labels: Labels) => Labels;
}

export interface ActionDone {
  /** What there is to say of it. */
  readonly details: JsonObject;
  /** What it has to do with, each in its role. */
  readonly related: readonly Labels[];
}

/** Why an action could not be done. */
export class ActionFailure extends Error {
  override readonly name = "ActionFailure";
  readonly details: JsonObject;
  readonly related: readonly Labels[];
  /** Null for what another attempt would not mend. */
  readonly again: TryAgain | null;

  constructor(
    reason: string,
    { details = {}, related = [], again = null }: Partial<ActionDone> & { readonly again?: TryAgain | null } = {},
  ) {
    super(reason);
    this.details = details;
    this.related = related;
    this.again = again;
  }
}

export interface TryAgain {
  /** How long who was called asks to be left alone, in ms. */
  readonly askedMs: number | null;
  /** Of several messages, how many are through. */
  readonly sent: number;
}

interface Doing {
  readonly context: ActionContext;
  readonly record: FiringRecord;
  readonly planned: PlannedAction;
  /** What the action is about. */
  readonly event: EventFacts | null;
  /** How many of its messages an earlier try has sent. */
  readonly sent: number;
}

/** @throws ActionFailure, and what the Api throws */
export async function performAction(doing: Doing): Promise<ActionDone> {
  const { context, planned } = doing;
  const { api } = context;
  const { action } = planned;
  switch (action.kind) {
    case "do-nothing":
      return { details: {}, related: [] };
    case "run-deployment":
      return runDeployment(doing, action);
    case "pause-deployment":
    case "resume-deployment": {
      const id = targetOf(doing, action.target);
      const change = action.kind === "pause-deployment" ? api.pauseDeployment : api.resumeDeployment;
      return changed("deployment", id, await change(id));
    }
    case "pause-schedule":
    case "resume-schedule": {
      const { scheduleId } = action;
      const active = action.kind === "resume-schedule";
      return changed("schedule", scheduleId, await api.updateSchedule(scheduleId, { active }));
    }
    case "pause-work-pool":
    case "resume-work-pool": {
      const id = targetOf(doing, action.target);
      const paused = action.kind === "pause-work-pool";
      return changed("work-pool", id, await api.updateObject("work-pool", id, { paused }));
    }
    case "pause-work-queue":
    case "resume-work-queue": {
      const id = targetOf(doing, action.target);
      const paused = action.kind === "pause-work-queue";
      return changed("work-queue", id, await api.updateWorkQueue(id, { paused }));
    }
    case "pause-automation":
    case "resume-automation": {
      const id = targetOf(doing, action.target);
      const enabled = action.kind === "resume-automation";
      return changed("automation", id, await api.updateObject("automation", id, { enabled }));
    }
    case "cancel-flow-run":
      return propose(doing, { type: "CANCELLING", name: "Cancelling" });
    case "suspend-flow-run":
      return propose(doing, { type: "PAUSED", name: "Suspended", details: { suspended: true } });
    case "resume-flow-run":
      return resume(doing);
    case "delete-flow-run": {
      const id = flowRunOf(doing);
      if (!(await api.deleteFlowRun(id))) throw new ActionFailure(`There is no flow run ${id}`);
      return { details: {}, related: [target("flow-run", id)] };
    }
    case "change-flow-run-state": {
      const { state: type, name, message, force } = action;
      const state = { type, name: name ?? defaultStateNames[type], ...(message === null ? {} : { message }) };
      return propose(doing, state, force ? `automation ${doing.record.automation.name}` : undefined);
    }
    case "call-webhook":
      return callWebhook(doing, action);
    case "send-notification":
      return notify(doing, action);
    case "declare-incident":
      return declareIncident(doing, action);
  }
}

async function runDeployment(
  doing: Doing,
  action: Extract<Action, { readonly kind: "run-deployment" }>,
): Promise<ActionDone> {
  const { context, record, planned } = doing;
  const { api, clock, filters } = context;
  const deploymentId = targetOf(doing, action.target);
  const given = action.parameters ?? {};
  const values = await readValues(doing, parameterTemplates(given));
  const variables = JSON.stringify(given).includes("workspace_variable") ? await readVariables(api) : {};
  const parameters = orFail(() =>
    fillParameters(given, { values, variable: (name) => variables[name], options: { filters } }),
  );
  const { id, name } = record.automation;
  const related = [target("deployment", deploymentId)];
  const { run } = await api.submitRun({
    deployment: deploymentId,
    parameters,
    ...(action.jobVariables === null ? {} : { jobVariables: action.jobVariables }),
    idempotencyKey: planned.id,
    scheduledAt: clock.now() + action.delayMs,
    createdBy: { id, type: "AUTOMATION", displayValue: name },
  });
  return {
    details: {},
    related: [...related, { id: `millrace.flow-run.${run.id}`, role: "flow-run", name: run.name }],
  };
}

async function propose(doing: Doing, state: ProposedState, force?: string): Promise<ActionDone> {
  const id = flowRunOf(doing);
  const related = [target("flow-run", id)];
  const { run, decision } = await doing.context.api.proposeFlowRunState({
    id,
    state,
    guest: true,
    ...(force === undefined ? {} : { force }),
  });
  if (run === null) throw new ActionFailure(`There is no flow run ${id}`, { related });
  if (decision.answer === "ACCEPT") return { details: { state: run.state.name }, related };
  // Cancelling a run that nobody executes cancels it, and says so by a rejection.
  if (decision.answer === "REJECT" && run.state.type === "CANCELLED" && state.type === "CANCELLING") {
    return { details: { state: run.state.name }, related };
  }
  throw new ActionFailure(`The state was not accepted: ${decision.reason}`, { related });
}

/** As a person lets it go on: with the values that its form has by default, where it has one, if the form takes them. */
async function resume(doing: Doing): Promise<ActionDone> {
  const { context, record } = doing;
  const { api } = context;
  const id = flowRunOf(doing);
  const related = [target("flow-run", id)];
  const run = await api.readFlowRun(id);
  if (run?.state.type !== "PAUSED") throw new ActionFailure("Cannot resume a flow run that is not paused", { related });
  const item = await api.readInboxItem(id);
  const input = item?.schema == null ? {} : { input: defaultAnswer(item.schema, item.initialValues) };
  // An automation is nobody whom a question could name.
  const caller = { name: `automation ${record.automation.name}` };
  try {
    const answered = await api.answerPause({ flowRunId: id, ...input, caller });
    return { details: { state: answered.run.state.name, goesOn: answered.goesOn }, related };
  } catch (error) {
    if (!isMillraceError(error) || error.retryable) throw error;
    throw new ActionFailure(error.message, { related });
  }
}

async function callWebhook(
  doing: Doing,
  action: Extract<Action, { readonly kind: "call-webhook" }>,
): Promise<ActionDone> {
  const block = await readBlock(doing, action.blockDocumentId);
  const related = blockLabels(action.blockDocumentId, block);
  if (block.type !== "webhook") throw new ActionFailure("The referenced block was not a webhook block", { related });
  const [payload = ""] = await fill(doing, [action.payload]);
  const request = toWebhookRequest(block, payload);
  const { status, text, retryAfterMs } = await send(doing, { request, block, related, sent: 0 });
  const details = { status_code: status, response_body: text };
  if (!isWorthAgain(status)) return { details, related };
  const again = { askedMs: retryAfterMs, sent: 0 };
  throw new ActionFailure(`The call was answered with ${status}`, { details, related, again });
}

async function notify(
  doing: Doing,
  action: Extract<Action, { readonly kind: "send-notification" }>,
): Promise<ActionDone> {
  const block = await readBlock(doing, action.blockDocumentId);
  const related = blockLabels(action.blockDocumentId, block);
  const [subject = "", body = ""] = await fill(doing, [action.subject, action.body]);
  const requests = toNotificationRequests(block, { subject, body });
  if (requests === null) {
    throw new ActionFailure(`Nobody can be notified by a block of type ${block.type}`, { related });
  }
  for (const [sent, request] of requests.entries()) {
    if (sent < doing.sent) continue;
    const { status, text, retryAfterMs } = await send(doing, { request, block, related, sent });
    if (status < 300) continue;
    const details = { status_code: status, response_body: text };
    const again = isWorthAgain(status) ? { askedMs: retryAfterMs, sent } : null;
    throw new ActionFailure(`The notification was answered with ${status}`, { details, related, again });
  }
  return { details: {}, related };
}

async function declareIncident(
  doing: Doing,
  action: Extract<Action, { readonly kind: "declare-incident" }>,
): Promise<ActionDone> {
  const { context, record, planned, event } = doing;
  const [title = "", description = ""] = await fill(doing, [action.title, action.description]);
  const id = `millrace.incident.${planned.id}`;
  const { automation } = record;
  await context.api.record({
    processId: "automations",
    events: [
      {
        id: planned.id,
        name: "millrace.incident.declared",
        at: context.clock.now(),
        flowRunId: null,
        taskRunId: null,
        resource: { id, name: title },
        payload: JSON.stringify({ severity: action.severity, title, description }),
        related: [
          { id: `millrace.automation.${automation.id}`, role: "automation", name: automation.name },
          ...(event === null ? [] : [{ ...event.resource, role: "about" }]),
        ],
      },
    ],
  });
  return { details: { severity: action.severity, title }, related: [{ id, role: "incident", name: title }] };
}

async function readBlock({ context }: Doing, id: string): Promise<OpenBlock> {
  const block = await openBlock(context, id);
  if (block === null) throw new ActionFailure(`There is no block document ${id}`);
  return block;
}

interface Sending {
  readonly request: HttpRequest;
  readonly block: OpenBlock;
  readonly related: readonly Labels[];
  /** How many of the action's messages went before it. */
  readonly sent: number;
}

/** What is sent again, after a crash or because nobody has taken it, has the id that it had: whoever takes it can tell. */
async function send({ context, planned }: Doing, { request, block, related, sent }: Sending): Promise<HttpAnswer> {
  const { clock, checkAddress } = context;
  const key = sent === 0 ? planned.id : `${planned.id}-${sent}`;
  const hasKey = Object.keys(request.headers).some((name) => name.toLowerCase() === "idempotency-key");
  const keyed = hasKey ? request : { ...request, headers: { ...request.headers, "idempotency-key": key } };
  try {
    const signed = await signRequest(keyed, { context, block, id: key });
    return await sendHttp(signed.request, { clock, checkAddress, secrets: [...block.secrets, ...signed.secrets] });
  } catch (error) {
    const again = isUnanswered(error) ? { askedMs: null, sent } : null;
    throw new ActionFailure(`The call failed: ${describeSendFailure(error)}`, { related, again });
  }
}

async function fill(doing: Doing, templates: readonly string[]): Promise<readonly string[]> {
  const values = await readValues(doing, templates);
  const { filters } = doing.context;
  return orFail(() => templates.map((template) => createSafeTemplate(template).fill(values, { filters })));
}

async function readValues(doing: Doing, templates: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const { context, record, event } = doing;
  const { vocabulary } = context;
  const names = orFail(() => new Set(templates.flatMap((template) => [...createSafeTemplate(template).names])));
  const shown = event === null ? null : vocabulary.event(event);
  const values = templateValues({
    automation: record.automation as Parameters<typeof templateValues>[0]["automation"],
    firing: toShown(record.firing, vocabulary),
    event: shown,
    eventOf: (id) => (record.event?.id === id ? vocabulary.event(record.event) : null),
  });
  const automation = { ...(values.automation as object), kind: "automation" };
  return { ...values, automation, ...(await readTemplateObjects({ api: context.api, event }, names)) };
}

function toShown(firing: Firing, vocabulary: TemplateVocabulary): Firing {
  return {
    ...firing,
    labels: vocabulary.labels(firing.labels),
    firings: firing.firings.map((each) => toShown(each, vocabulary)),
  };
}

function orFail<Value>(make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new ActionFailure(`Template rendering failed: ${error.message}`, {
      details: { template_error: error.message },
    });
  }
}

function targetOf({ record, planned, event }: Doing, wanted: ActionTarget): string {
  const kind = targetKindOf(planned.action.kind);
  const id = kind === null ? null : inferTarget({ kind, target: wanted, firing: record.firing, event });
  if (id === null) throw new ActionFailure(`No ${kind ?? "object"} could be inferred`);
  return id;
}

function flowRunOf(doing: Doing): string {
  return targetOf(doing, { source: "inferred" });
}

function changed(kind: string, id: string, object: object | null): ActionDone {
  const related = [target(kind, id)];
  if (object === null) throw new ActionFailure(`There is no ${kind} ${id}`, { related });
  return { details: {}, related };
}

function target(kind: string, id: string): Labels {
  return { id: `millrace.${kind}.${id}`, role: "target" };
}

function blockLabels(id: string, block: OpenBlock): readonly Labels[] {
  return [
    { id: `millrace.block-document.${id}`, role: "block", name: block.name },
    { id: `millrace.block-type.${block.type}`, role: "block-type" },
  ];
}

/** What an action failed by, as it is told. Null for what another attempt may mend: the database does not answer. */
export function toFailure(error: unknown): ActionFailure | null {
  if (error instanceof ActionFailure) return error;
  if (isMillraceError(error)) return error.retryable ? null : new ActionFailure(error.message);
  return new ActionFailure(error instanceof Error ? error.message : String(error));
}

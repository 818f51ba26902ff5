/** Actions at the border. */

import type { Action, ActionTarget } from "../../../contract/automations.ts";
import type { Action as PrefectAction, ActionInput } from "../schemas/automation-actions.ts";

export function fromPrefectAction(given: ActionInput): Action {
  switch (given.type) {
    case "do-nothing":
    case "cancel-flow-run":
    case "suspend-flow-run":
    case "resume-flow-run":
    case "delete-flow-run":
      return { kind: given.type };
    case "run-deployment":
      return {
        kind: given.type,
        target: toTarget(given.source, given.deployment_id),
        parameters: given.parameters,
        jobVariables: given.job_variables,
        delayMs: given.schedule_after * 1000,
      };
    case "pause-deployment":
    case "resume-deployment":
      return { kind: given.type, target: toTarget(given.source, given.deployment_id) };
    case "pause-work-pool":
    case "resume-work-pool":
      return { kind: given.type, target: toTarget(given.source, given.work_pool_id) };
    case "pause-work-queue":
    case "resume-work-queue":
      return { kind: given.type, target: toTarget(given.source, given.work_queue_id) };
    case "pause-automation":
    case "resume-automation":
      return { kind: given.type, target: toTarget(given.source, given.automation_id) };
    case "pause-schedule":
    case "resume-schedule":
      return { kind: given.type, deploymentId: given.deployment_id, scheduleId: given.schedule_id };
    case "change-flow-run-state": {
      const { type, state, name, message, force } = given;
      return { kind: type, state, name, message, force };
    }
    case "call-webhook":
      return { kind: given.type, blockDocumentId: given.block_document_id, payload: given.payload };
    case "send-notification": {
      const { type, block_document_id: blockDocumentId, subject, body } = given;
      return { kind: type, blockDocumentId, subject, body };
    }
    case "declare-incident": {
      const { type, severity, title, description } = given;
      return { kind: type, severity, title, description };
    }
  }
}

export function toPrefectAction(action: Action): PrefectAction {
  switch (action.kind) {
    case "do-nothing":
    case "cancel-flow-run":
    case "suspend-flow-run":
    case "resume-flow-run":
    case "delete-flow-run":
      return { type: action.kind };
    case "run-deployment":
      return {
        type: action.kind,
        source: action.target.source,
        deployment_id: idOf(action.target),
        parameters: copy(action.parameters),
        job_variables: copy(action.jobVariables),
        schedule_after: action.delayMs / 1000,
      };
    case "pause-deployment":
    case "resume-deployment":
      return { type: action.kind, source: action.target.source, deployment_id: idOf(action.target) };
    case "pause-work-pool":
    case "resume-work-pool":
      return { type: action.kind, source: action.target.source, work_pool_id: idOf(action.target) };
    case "pause-work-queue":
    case "resume-work-queue":
      return { type: action.kind, source: action.target.source, work_queue_id: idOf(action.target) };
    case "pause-automation":
    case "resume-automation":
      return { type: action.kind, source: action.target.source, automation_id: idOf(action.target) };
    case "pause-schedule":
    case "resume-schedule":
      return { type: action.kind, deployment_id: action.deploymentId, schedule_id: action.scheduleId };
    case "change-flow-run-state": {
      const { kind, state, name, message, force } = action;
      return { type: kind, state, name, message, force };
    }
    case "call-webhook":
      return { type: action.kind, block_document_id: action.blockDocumentId, payload: action.payload };
    case "send-notification": {
      const { kind, blockDocumentId, subject, body } = action;
      return { type: kind, block_document_id: blockDocumentId, subject, body };
    }
    case "declare-incident": {
      const { kind, severity, title, description } = action;
      return { type: kind, severity, title, description };
    }
  }
}

/** The schemas see to it that an id is there exactly when it is selected. */
function toTarget(source: "selected" | "inferred", id: string | null | undefined): ActionTarget {
  return source === "selected" && typeof id === "string" ? { source, id } : { source: "inferred" };
}

function idOf(target: ActionTarget): string | null {
  return target.source === "selected" ? target.id : null;
}

function copy(value: Readonly<Record<string, unknown>> | null): Record<string, unknown> | null {
  return value === null ? null : { ...value };
}

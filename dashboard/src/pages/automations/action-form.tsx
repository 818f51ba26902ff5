import type { Action, ActionTarget } from "millrace/client";
import { stateTypes } from "millrace/client";
import { useState } from "react";
import { DurationInput } from "../../ui/duration-input.tsx";
import { Field, Select, TextArea, TextField } from "../../ui/field.tsx";
import { JsonField } from "../../ui/json-field.tsx";
import { parseJsonObject } from "../../ui/parse-json.ts";
import { type ChoiceKind, useChoices, useSchedules } from "./choices.ts";

/** In the order in which they are shown. */
export const actionKinds: readonly (readonly [Action["kind"], string])[] = [
  ["run-deployment", "Run a deployment"],
  ["pause-deployment", "Pause a deployment"],
  ["resume-deployment", "Resume a deployment"],
  ["pause-schedule", "Pause a schedule"],
  ["resume-schedule", "Resume a schedule"],
  ["pause-work-pool", "Pause a work pool"],
  ["resume-work-pool", "Resume a work pool"],
  ["pause-work-queue", "Pause a work queue"],
  ["resume-work-queue", "Resume a work queue"],
  ["pause-automation", "Pause an automation"],
  ["resume-automation", "Resume an automation"],
  ["cancel-flow-run", "Cancel the run"],
  ["suspend-flow-run", "Suspend the run"],
  ["resume-flow-run", "Resume the run"],
  ["delete-flow-run", "Delete the run"],
  ["change-flow-run-state", "Set the state of the run"],
  ["send-notification", "Notify somebody"],
  ["call-webhook", "Call a webhook"],
  ["declare-incident", "Declare an incident"],
  ["do-nothing", "Do nothing, but keep it in the history"],
];

const inferred: ActionTarget = { source: "inferred" };

export function emptyAction(kind: Action["kind"]): Action {
  switch (kind) {
    case "run-deployment":
      return { kind, target: inferred, parameters: null, jobVariables: null, delayMs: 0 };
    case "pause-deployment":
    case "resume-deployment":
    case "pause-work-pool":
    case "resume-work-pool":
    case "pause-work-queue":
    case "resume-work-queue":
    case "pause-automation":
    case "resume-automation":
      return { kind, target: inferred };
    case "pause-schedule":
    case "resume-schedule":
      return { kind, deploymentId: "", scheduleId: "" };
    case "change-flow-run-state":
      return { kind, state: "FAILED", name: null, message: null, force: false };
    case "call-webhook":
      return { kind, blockDocumentId: "", payload: "" };
    case "send-notification":
      return {
        kind,
        blockDocumentId: "",
        subject: "{{ flow_run.name }} is {{ flow_run.state.name }}",
        body: "{{ flow.name }}: {{ flow_run.state.message }}",
      };
    case "declare-incident":
      return { kind, severity: "moderate", title: "{{ automation.name }}", description: "" };
    case "cancel-flow-run":
    case "suspend-flow-run":
    case "resume-flow-run":
    case "delete-flow-run":
    case "do-nothing":
      return { kind };
  }
}

interface FormProps<A extends Action> {
  readonly action: A;
  readonly onChange: (action: Action) => void;
}

export function ActionForm({ action, onChange }: FormProps<Action>) {
  switch (action.kind) {
    case "run-deployment":
      return <RunForm action={action} onChange={onChange} />;
    case "pause-deployment":
    case "resume-deployment":
    case "pause-work-pool":
    case "resume-work-pool":
    case "pause-work-queue":
    case "resume-work-queue":
    case "pause-automation":
    case "resume-automation":
      return (
        <TargetField
          kind={action.kind.replace(/^(pause|resume)-/, "") as ChoiceKind}
          target={action.target}
          onChange={(target) => onChange({ ...action, target })}
        />
      );
    case "pause-schedule":
    case "resume-schedule":
      return <ScheduleForm action={action} onChange={onChange} />;
    case "change-flow-run-state":
      return <StateForm action={action} onChange={onChange} />;
    case "send-notification":
      return <NotifyForm action={action} onChange={onChange} />;
    case "call-webhook":
      return (
        <>
          <ChoiceField
            label="Webhook"
            kind="webhook-block"
            chosen={action.blockDocumentId}
            onChange={(blockDocumentId) => onChange({ ...action, blockDocumentId })}
          />
          <TemplateField
            label="Payload"
            text={action.payload}
            onChange={(payload) => onChange({ ...action, payload })}
          />
        </>
      );
    case "declare-incident":
      return <IncidentForm action={action} onChange={onChange} />;
    case "cancel-flow-run":
    case "suspend-flow-run":
    case "resume-flow-run":
    case "delete-flow-run":
      return <p className="text-muted">It is done to the run that the event is about.</p>;
    case "do-nothing":
      return null;
  }
}

function ChoiceField(props: {
  readonly label: string;
  readonly kind: ChoiceKind;
  readonly chosen: string;
  readonly onChange: (id: string) => void;
  readonly first?: readonly [string, string];
}) {
  const { label, kind, chosen, onChange, first = ["", "Choose…"] } = props;
  const choices = useChoices(kind) ?? [];
  const isKnown = chosen === first[0] || choices.some(([id]) => id === chosen);
  return (
    <Field
      label={label}
      {...(choices.length === 0 && (kind === "notifier" || kind === "webhook-block")
        ? { hint: "There is none yet: create a block, or by `millrace block create`." }
        : {})}
    >
      {(ids) => (
        <Select
          {...ids}
          value={chosen}
          options={[first, ...choices, ...(isKnown ? [] : [[chosen, `one that is not listed, ${chosen}`] as const])]}
          onChange={({ target }) => onChange(target.value)}
          className="max-w-full"
        />
      )}
    </Field>
  );
}

function TargetField(props: {
  readonly kind: ChoiceKind;
  readonly target: ActionTarget;
  readonly onChange: (target: ActionTarget) => void;
}) {
  const { kind, target, onChange } = props;
  return (
    <ChoiceField
      label="Which"
      kind={kind}
      chosen={target.source === "selected" ? target.id : "inferred"}
      first={["inferred", "The one that the event is about"]}
      onChange={(id) => onChange(id === "inferred" ? inferred : { source: "selected", id })}
    />
  );
}

function TemplateField(props: {
  readonly label: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
}) {
  const { label, text, onChange } = props;
  return (
    <Field
      label={label}
      hint="May be a template: {{ event.resource.name }}, {{ flow_run.name }}, {{ automation.name }}"
    >
      {(ids) => <TextArea {...ids} rows={3} value={text} onChange={({ target }) => onChange(target.value)} />}
    </Field>
  );
}

function RunForm({ action, onChange }: FormProps<Extract<Action, { readonly kind: "run-deployment" }>>) {
  return (
    <>
      <TargetField kind="deployment" target={action.target} onChange={(target) => onChange({ ...action, target })} />
      <OptionalJson
        label="Parameters"
        hint="As JSON; texts in it may be templates. Empty: those of the deployment."
        value={action.parameters}
        onChange={(parameters) => onChange({ ...action, parameters })}
      />
      <OptionalJson
        label="Job variables"
        hint="As JSON. Empty: those of the deployment."
        value={action.jobVariables}
        onChange={(jobVariables) => onChange({ ...action, jobVariables })}
      />
      <Field label="After" hint="How long after it was set off the run is due">
        {(ids) => (
          <DurationInput
            {...ids}
            ms={action.delayMs}
            onChange={(delayMs) => onChange({ ...action, delayMs: delayMs ?? 0 })}
            className="w-28"
          />
        )}
      </Field>
    </>
  );
}

function OptionalJson(props: {
  readonly label: string;
  readonly hint: string;
  readonly value: Readonly<Record<string, unknown>> | null;
  readonly onChange: (value: Readonly<Record<string, unknown>> | null) => void;
}) {
  const { label, hint, value, onChange } = props;
  const [text, setText] = useState(value === null ? "" : JSON.stringify(value, null, 2));
  return (
    <JsonField
      label={label}
      hint={hint}
      text={text}
      fault={parseJsonObject(text).fault}
      onChange={(next) => {
        setText(next);
        const parsed = parseJsonObject(next);
        if (parsed.fault === null) onChange((parsed.value ?? null) as Readonly<Record<string, unknown>> | null);
      }}
    />
  );
}

type ScheduleAction = Extract<Action, { readonly kind: "pause-schedule" | "resume-schedule" }>;

function ScheduleForm({ action, onChange }: FormProps<ScheduleAction>) {
  const schedules = useSchedules(action.deploymentId) ?? [];
  return (
    <>
      <ChoiceField
        label="Deployment"
        kind="deployment"
        chosen={action.deploymentId}
        onChange={(deploymentId) => onChange({ ...action, deploymentId, scheduleId: "" })}
      />
      <Field label="Schedule">
        {(ids) => (
          <Select
            {...ids}
            value={action.scheduleId}
            options={[["", "Choose…"], ...schedules]}
            onChange={({ target }) => onChange({ ...action, scheduleId: target.value })}
          />
        )}
      </Field>
    </>
  );
}

function StateForm({ action, onChange }: FormProps<Extract<Action, { readonly kind: "change-flow-run-state" }>>) {
  return (
    <>
      <Field label="State">
        {(ids) => (
          <Select
            {...ids}
            value={action.state}
            options={stateTypes.map((type) => [type, type.toLowerCase()] as const)}
            onChange={({ target }) => onChange({ ...action, state: target.value as typeof action.state })}
          />
        )}
      </Field>
      <TextField
        label="Name"
        hint="Empty: that of the state"
        value={action.name ?? ""}
        onChange={(name) => onChange({ ...action, name: name === "" ? null : name })}
      />
      <TextField
        label="Message"
        value={action.message ?? ""}
        onChange={(message) => onChange({ ...action, message: message === "" ? null : message })}
      />
      <label className="flex items-center gap-1.5">
        <input
          type="checkbox"
          checked={action.force}
          onChange={({ target }) => onChange({ ...action, force: target.checked })}
        />
        Also where the rules forbid it, which is recorded
      </label>
    </>
  );
}

function NotifyForm({ action, onChange }: FormProps<Extract<Action, { readonly kind: "send-notification" }>>) {
  return (
    <>
      <ChoiceField
        label="Whom"
        kind="notifier"
        chosen={action.blockDocumentId}
        onChange={(blockDocumentId) => onChange({ ...action, blockDocumentId })}
      />
      <TemplateField label="Subject" text={action.subject} onChange={(subject) => onChange({ ...action, subject })} />
      <TemplateField label="Body" text={action.body} onChange={(body) => onChange({ ...action, body })} />
    </>
  );
}

function IncidentForm({ action, onChange }: FormProps<Extract<Action, { readonly kind: "declare-incident" }>>) {
  return (
    <>
      <Field label="Severity">
        {(ids) => (
          <Select
            {...ids}
            value={action.severity}
            options={(["minor", "moderate", "major", "critical"] as const).map((each) => [each, each] as const)}
            onChange={({ target }) => onChange({ ...action, severity: target.value as typeof action.severity })}
          />
        )}
      </Field>
      <TemplateField label="Title" text={action.title} onChange={(title) => onChange({ ...action, title })} />
      <TemplateField
        label="Description"
        text={action.description}
        onChange={(description) => onChange({ ...action, description })}
      />
    </>
  );
}

import { Link, type LinkProps } from "@tanstack/react-router";
import { clsx } from "clsx";
import type { Action, Trigger } from "millrace/client";
import { type ReactNode, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Command, CopyButton } from "../../ui/copy.tsx";
import { Field, TextArea, TextInput } from "../../ui/field.tsx";
import { JsonField } from "../../ui/json-field.tsx";
import { parseJson } from "../../ui/parse-json.ts";
import { Panel } from "../../ui/panel.tsx";
import { ErrorNote } from "../../ui/states-of-loading.tsx";
import { useAction } from "../../ui/use-action.ts";
import { ActionsForm } from "./actions-form.tsx";
import { actionsWords, triggerWords } from "./automation-words.ts";
import { type BuilderStep, builderSteps } from "./automations-search.ts";
import { type Draft, fromDraft } from "./draft.ts";
import { DryRun } from "./dry-run.tsx";
import { TriggerForm } from "./trigger-form.tsx";

const titles: Readonly<Record<BuilderStep, string>> = {
  trigger: "1. Trigger",
  actions: "2. Actions",
  details: "3. Details",
};

/** Three steps on the left; on the right what it comes to, in words and tried on the past. */
export function Builder(props: {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly step: BuilderStep;
  readonly linkOf: (step: BuilderStep) => LinkProps;
  /** On the button: "Create the automation". */
  readonly verb: string;
  readonly onSave: () => Promise<unknown>;
  /** Stands above the first step. */
  readonly above?: ReactNode;
}) {
  const { draft, onChange, step, linkOf, verb, onSave, above } = props;
  const save = useAction(onSave, { keepsError: true });
  const whyNot =
    draft.name.trim() === "" ? "It needs a name: see the details" : save.isBusy ? "It is being saved" : null;
  return (
    <div className="grid min-h-0 grow gap-4 overflow-auto p-4 xl:grid-cols-[minmax(0,1fr)_minmax(0,460px)] xl:overflow-hidden">
      <div className="flex min-w-0 flex-col gap-4 xl:overflow-auto xl:pr-2">
        <nav aria-label="Steps" className="flex gap-1">
          {builderSteps.map((each) => (
            <Link
              key={each}
              {...linkOf(each)}
              aria-current={each === step ? "step" : undefined}
              className={clsx(
                "flex h-7 items-center rounded-control px-2.5",
                each === step ? "bg-selected font-medium" : "text-muted hover:bg-hover hover:text-fg",
              )}
            >
              {titles[each]}
            </Link>
          ))}
        </nav>
        {step === "trigger" ? (
          <>
            {above}
            <FormOrJson
              label="Trigger"
              value={draft.trigger}
              onChange={(trigger) => onChange({ ...draft, trigger: trigger as Trigger })}
            >
              <TriggerForm trigger={draft.trigger} onChange={(trigger) => onChange({ ...draft, trigger })} />
            </FormOrJson>
          </>
        ) : null}
        {step === "actions" ? <ActionsStep draft={draft} onChange={onChange} /> : null}
        {step === "details" ? <DetailsStep draft={draft} onChange={onChange} /> : null}
      </div>
      <div className="flex min-w-0 flex-col gap-4 xl:overflow-auto">
        <Panel title="In words">
          <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-3 gap-y-1 p-3">
            <dt className="text-muted">When</dt>
            <dd className="break-words">{triggerWords(fromDraft(draft).trigger)}</dd>
            <dt className="text-muted">Then</dt>
            <dd className="break-words">{actionsWords(fromDraft(draft).actions)}</dd>
            {draft.actionsOnTrigger.length + draft.actionsOnResolve.length === 0 ? null : (
              <>
                <dt className="text-muted">On entering</dt>
                <dd className="break-words">{actionsWords(fromDraft(draft).actionsOnTrigger)}</dd>
                <dt className="text-muted">On resolving</dt>
                <dd className="break-words">{actionsWords(fromDraft(draft).actionsOnResolve)}</dd>
              </>
            )}
          </dl>
        </Panel>
        <DryRun draft={draft} />
        {save.error === null ? null : <ErrorNote error={save.error} />}
        <div className="flex flex-col gap-1">
          <span className="flex items-center justify-between text-small text-muted">
            The same on a command line, with the automation in a file:
            <CopyButton text={toFile(draft)} label="Copy the automation as JSON, for a file" />
          </span>
          <Command text="millrace automation create --from-file automation.json --replace" />
        </div>
        <div className="flex justify-end">
          <Button kind="primary" needs={["updateObject", "automation"]} whyNot={whyNot} onClick={() => void save.run()}>
            {verb}
          </Button>
        </div>
      </div>
    </div>
  );
}

/** As the command line reads it. */
function toFile(draft: Draft): string {
  return JSON.stringify(fromDraft(draft), null, 2);
}

type Parts = Pick<Draft, "actions" | "actionsOnTrigger" | "actionsOnResolve">;

function ActionsStep({ draft, onChange }: { readonly draft: Draft; readonly onChange: (draft: Draft) => void }) {
  const { actions, actionsOnTrigger, actionsOnResolve } = draft;
  const set = (change: Partial<Parts>): void => onChange({ ...draft, ...change });
  const hasStates = draft.trigger.kind === "metric" || actionsOnTrigger.length + actionsOnResolve.length > 0;
  return (
    <FormOrJson
      label="Actions"
      value={{ actions, actionsOnTrigger, actionsOnResolve }}
      onChange={(parts) => {
        const known = (parts ?? {}) as Partial<Record<keyof Parts, readonly Action[]>>;
        set({
          actions: known.actions ?? [],
          actionsOnTrigger: known.actionsOnTrigger ?? [],
          actionsOnResolve: known.actionsOnResolve ?? [],
        });
      }}
    >
      <div className="flex flex-col gap-6">
        <ActionsForm label="Each time it is set off" actions={actions} onChange={(next) => set({ actions: next })} />
        {hasStates ? (
          <>
            <ActionsForm
              label="When the figure goes beyond the threshold"
              actions={actionsOnTrigger}
              onChange={(next) => set({ actionsOnTrigger: next })}
            />
            <ActionsForm
              label="When it is back"
              actions={actionsOnResolve}
              onChange={(next) => set({ actionsOnResolve: next })}
            />
          </>
        ) : null}
      </div>
    </FormOrJson>
  );
}

function DetailsStep({ draft, onChange }: { readonly draft: Draft; readonly onChange: (draft: Draft) => void }) {
  const [tags, setTags] = useState(draft.tags.join(", "));
  return (
    <div className="flex max-w-[72ch] flex-col gap-3">
      <Field label="Name">
        {(ids) => (
          <TextInput
            {...ids}
            required
            value={draft.name}
            onChange={({ target }) => onChange({ ...draft, name: target.value })}
          />
        )}
      </Field>
      <Field label="Description">
        {(ids) => (
          <TextArea
            {...ids}
            rows={3}
            value={draft.description}
            onChange={({ target }) => onChange({ ...draft, description: target.value })}
          />
        )}
      </Field>
      <Field label="Tags" hint="Separated by commas">
        {(ids) => (
          <TextInput
            {...ids}
            value={tags}
            onChange={({ target }) => {
              setTags(target.value);
              const read = target.value.split(",").map((tag) => tag.trim());
              onChange({ ...draft, tags: [...new Set(read)].filter((tag) => tag !== "") });
            }}
          />
        )}
      </Field>
      <label className="flex items-center gap-1.5">
        <input
          type="checkbox"
          checked={draft.enabled}
          onChange={({ target }) => onChange({ ...draft, enabled: target.checked })}
        />
        Enabled: it looks at events from now on
      </label>
    </div>
  );
}

/** The same as a form or as JSON; what cannot be read as JSON leaves the value as it was. */
function FormOrJson(props: {
  readonly label: string;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly children: ReactNode;
}) {
  const { label, value, onChange, children } = props;
  const [text, setText] = useState<string | null>(null);
  const fault = text === null ? null : parseJson(text).fault;
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div role="group" aria-label={`Show ${label} as`} className="flex gap-1 self-end">
        {(["form", "json"] as const).map((side) => {
          const isShown = (side === "json") === (text !== null);
          return (
            <button
              key={side}
              type="button"
              aria-pressed={isShown}
              disabled={side === "form" && fault !== null}
              onClick={() => setText(side === "json" ? JSON.stringify(value, null, 2) : null)}
              className={clsx(
                "h-6 rounded-control px-2 text-small disabled:opacity-50",
                isShown ? "bg-selected font-medium" : "text-muted hover:bg-hover hover:text-fg",
              )}
            >
              {side === "form" ? "Form" : "JSON"}
            </button>
          );
        })}
      </div>
      {text === null ? (
        children
      ) : (
        <JsonField
          label={label}
          hint="In full, as `millrace automation inspect --json` shows it; durations are in ms."
          text={text}
          fault={fault}
          onChange={(next) => {
            setText(next);
            const parsed = parseJson(next);
            if (parsed.fault === null) onChange(parsed.value);
          }}
        />
      )}
    </div>
  );
}

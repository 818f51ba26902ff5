import type { Webhook } from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { useCarefulSave } from "../../api/careful-save.ts";
import { ofKind, useLive } from "../../api/queries.ts";
import { toCommand } from "../../format/shell.ts";
import { DurationInput } from "../../ui/duration-input.tsx";
import { Field, Select, TextField, TextInput } from "../../ui/field.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { JsonField } from "../../ui/json-field.tsx";
import { draftFault, emptyDraft, fromDraft, payloadFault, slugOf, toCreateCommand, toDraft } from "./webhook-draft.ts";
import { hasTime, type Signature, schemes } from "./webhook-words.ts";

/** @param webhook null for a new one */
export function WebhookForm({ webhook, onClose }: { readonly webhook: Webhook | null; readonly onClose: () => void }) {
  const [draft, setDraft] = useState(webhook === null ? emptyDraft : toDraft(webhook));
  const set = (change: Partial<typeof draft>): void => setDraft((before) => ({ ...before, ...change }));
  const saveCarefully = useCarefulSave(webhook, {
    name: "Name",
    slug: "Address",
    description: "What it is for",
    template: "The event",
    signature: "The signature",
  });
  const save = (): Promise<unknown> => {
    const given = fromDraft(draft);
    if (webhook === null) return api.createObject("webhook", { ...given, enabled: true });
    // A template that is taken away is the usual one.
    const template = given.template ?? { event: `webhook.${given.slug}` };
    return saveCarefully({
      read: () => api.readObject("webhook", webhook.id),
      save: (revision) => api.updateObject("webhook", webhook.id, { ...given, template }, revision),
    });
  };
  return (
    <FormDialog
      title={webhook === null ? "Create a webhook" : "Edit the webhook"}
      verb={webhook === null ? "Create the webhook" : "Save the webhook"}
      whyNot={draftFault(draft)}
      // The command line makes webhooks, and changes none.
      command={webhook === null ? toCreateCommand(draft) : null}
      isWide
      onClose={onClose}
      onSubmit={save}
    >
      <TextField isRequired autoFocus label="Name" value={draft.name} onChange={(name) => set({ name })} />
      <Field
        label="Address"
        hint={`Requests are sent to /v1/hooks/${slugOf(draft) === "" ? "…" : slugOf(draft)}. Empty: made of the name.`}
      >
        {(ids) => <TextInput {...ids} value={draft.slug} onChange={({ target }) => set({ slug: target.value })} />}
      </Field>
      <TextField label="What it is for" value={draft.description} onChange={(description) => set({ description })} />
      <TextField
        label="Event"
        hint={
          <>
            Its name, with templates such as <Example text="{{ body.status }}" /> over body, headers, query and webhook.
            Empty: webhook.{slugOf(draft) === "" ? "…" : slugOf(draft)}.
          </>
        }
        value={draft.event}
        onChange={(event) => set({ event })}
      />
      <TextField
        label="What it happened to"
        hint={
          <>
            The id of it, as <Example text="order.{{ body.id }}" />. Empty: the webhook itself.
          </>
        }
        value={draft.resourceId}
        onChange={(resourceId) => set({ resourceId })}
      />
      <JsonField
        label="Payload"
        hint="JSON with templates in it. Empty: the body of the request."
        text={draft.payload}
        onChange={(payload) => set({ payload })}
        fault={payloadFault(draft)}
      />
      <SignatureFields draft={draft} set={set} />
    </FormDialog>
  );
}

function Example({ text }: { readonly text: string }) {
  return <code className="font-mono text-fg">{text}</code>;
}

function SignatureFields({
  draft,
  set,
}: {
  readonly draft: typeof emptyDraft;
  readonly set: (change: Partial<typeof emptyDraft>) => void;
}) {
  const { scheme, secretName, header, toleranceMs } = draft;
  const secrets = useLive({
    key: ["secrets"],
    read: () => api.listSecrets(),
    concerns: ofKind("secret"),
    isEnabled: scheme !== "",
  });
  const known = secrets.data ?? [];
  return (
    <>
      <Field
        label="Signature"
        hint={scheme === "" ? "Whoever knows the address may send." : "Requests that are not signed so are refused."}
      >
        {(ids) => (
          <Select
            {...ids}
            value={scheme}
            onChange={({ target }) => set({ scheme: target.value as Signature["scheme"] | "" })}
            options={[["", "None"], ...Object.entries(schemes)]}
          />
        )}
      </Field>
      {scheme === "" ? null : (
        <>
          <Field
            label="Secret"
            hint={
              known.some(({ name }) => name === secretName.trim())
                ? "Senders have the same value."
                : `It has to be there: ${toCommand("secret", "set", secretName.trim() === "" ? "NAME" : secretName.trim())}`
            }
          >
            {(ids) => (
              <>
                <TextInput
                  {...ids}
                  list={`${ids.id}-known`}
                  value={secretName}
                  onChange={({ target }) => set({ secretName: target.value })}
                />
                <datalist id={`${ids.id}-known`}>
                  {known.map(({ name }) => (
                    <option key={name} value={name} />
                  ))}
                </datalist>
              </>
            )}
          </Field>
          <TextField
            label="Header"
            hint="Which has the signature. Empty: the scheme's own."
            value={header}
            onChange={(text) => set({ header: text })}
          />
          {hasTime(scheme) ? (
            <Field label="Tolerance" hint="How far the time that is signed may be from now. Empty: 5 minutes.">
              {(ids) => (
                <DurationInput {...ids} placeholder="5m" ms={toleranceMs} onChange={(ms) => set({ toleranceMs: ms })} />
              )}
            </Field>
          ) : null}
        </>
      )}
    </>
  );
}

/** Sends a request to a webhook, as anybody may who knows its address: for those that nothing is signed for. */

import type { Webhook } from "millrace/client";
import { useState } from "react";
import { baseUrl } from "../../api/api.ts";
import { toCommand } from "../../format/shell.ts";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { JsonField } from "../../ui/json-field.tsx";
import { parseJson } from "../../ui/parse-json.ts";
import { say } from "../../ui/toast.ts";
import { hookPath } from "./webhook-words.ts";

export function TryWebhook({ webhook, onClose }: { readonly webhook: Webhook; readonly onClose: () => void }) {
  const { slug } = webhook;
  const [body, setBody] = useState("{}");
  const { fault } = parseJson(body);
  return (
    <FormDialog
      title="Send a test?"
      description="A request is sent to the webhook as from elsewhere. Its event is recorded as any other: automations that look for it are set off."
      verb="Send a test"
      whyNot={fault === null ? null : "The body is no JSON"}
      command={toCommand("webhook", "test", slug, "--body", fault === null ? body.trim() : "{}")}
      onClose={onClose}
      onSubmit={async () => {
        await send(slug, body);
        say("The request has become an event.");
      }}
    >
      <JsonField label="Body" text={body} onChange={setBody} fault={fault} />
    </FormDialog>
  );
}

/** @throws for what the server refuses, with its reason */
async function send(slug: string, body: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(new URL(hookPath(slug), baseUrl), { method: "POST", headers, body });
  const answer = (await response.json()) as {
    readonly eventId?: string;
    readonly error?: { readonly message?: string };
  };
  if (answer.eventId === undefined) throw new Error(answer.error?.message ?? `The server answers ${response.status}`);
}

/** A webhook as it is written in a form, and as a command line makes it. */

import type { Json, Webhook } from "millrace/client";
import { writeDuration } from "../../format/duration-text.ts";
import { toCommand } from "../../format/shell.ts";
import { parseJson } from "../../ui/parse-json.ts";
import { hasTime, type Signature } from "./webhook-words.ts";

type Template = NonNullable<Webhook["template"]>;

export interface WebhookDraft {
  readonly name: string;
  /** Empty: made of the name. */
  readonly slug: string;
  readonly description: string;
  /** Empty: the usual one, as what follows. */
  readonly event: string;
  readonly resourceId: string;
  /** Labels beside `id`, which the form keeps as they are. */
  readonly labels: Readonly<Record<string, string>>;
  readonly payload: string;
  /** Empty: nothing is signed. */
  readonly scheme: Signature["scheme"] | "";
  readonly secretName: string;
  readonly header: string;
  readonly toleranceMs: number | null;
}

export const emptyDraft: WebhookDraft = {
  name: "",
  slug: "",
  description: "",
  event: "",
  resourceId: "",
  labels: {},
  payload: "",
  scheme: "",
  secretName: "",
  header: "",
  toleranceMs: null,
};

export function toDraft({ name, slug, description = "", template, signature = null }: Webhook): WebhookDraft {
  const { id: resourceId = "", ...labels } = template?.resource ?? {};
  return {
    name,
    slug,
    description,
    event: template?.event ?? "",
    resourceId,
    labels,
    payload: template?.payload === undefined ? "" : JSON.stringify(template.payload, null, 2),
    scheme: signature?.scheme ?? "",
    secretName: signature?.secretName ?? "",
    header: signature?.header ?? "",
    toleranceMs: signature?.toleranceMs ?? null,
  };
}

/** As the command line makes one of a name. */
export function toSlug(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
}

export const slugOf = ({ slug, name }: Pick<WebhookDraft, "slug" | "name">): string =>
  slug.trim() === "" ? toSlug(name) : slug.trim();

/** What keeps a draft from being saved, in a sentence; null: nothing. */
export function draftFault(draft: WebhookDraft): string | null {
  if (draft.name.trim() === "") return "It needs a name";
  if (!/^[a-z0-9_-]+$/.test(slugOf(draft))) return "Its address has lower-case letters, digits, - and _";
  if (payloadFault(draft) !== null) return "The payload is no JSON";
  if (draft.scheme !== "" && draft.secretName.trim() === "") return "Name the secret that requests are signed with";
  return null;
}

export function payloadFault({ payload }: Pick<WebhookDraft, "payload">): string | null {
  return payload.trim() === "" ? null : parseJson(payload).fault;
}

type Written = Pick<Webhook, "name" | "slug" | "description" | "template" | "signature">;

/** @throws for a draft with a fault */
export function fromDraft(draft: WebhookDraft): Written {
  const template = toTemplate(draft);
  return {
    name: draft.name.trim(),
    slug: slugOf(draft),
    description: draft.description.trim(),
    ...(template === null ? {} : { template }),
    signature: toSignature(draft),
  };
}

/** Null where the event is the usual one. */
function toTemplate(draft: WebhookDraft): Template | null {
  const { resourceId, labels, payload } = draft;
  const event = draft.event.trim();
  if (event === "" && resourceId.trim() === "" && payload.trim() === "") return null;
  return {
    event: event === "" ? `webhook.${slugOf(draft)}` : event,
    ...(resourceId.trim() === "" ? {} : { resource: { ...labels, id: resourceId.trim() } }),
    ...(payload.trim() === "" ? {} : { payload: JSON.parse(payload) as Json }),
  };
}

function toSignature({ scheme, secretName, header, toleranceMs }: WebhookDraft): Signature | null {
  if (scheme === "") return null;
  return {
    scheme,
    secretName: secretName.trim(),
    ...(header.trim() === "" ? {} : { header: header.trim() }),
    ...(toleranceMs === null || !hasTime(scheme) ? {} : { toleranceMs }),
  };
}

/** `millrace webhook create orders --event 'order.{{ body.status }}'` */
export function toCreateCommand(draft: WebhookDraft): string {
  const { name, description, event, resourceId, labels, payload, scheme, secretName, header, toleranceMs } = draft;
  const option = (word: string, text: string): readonly string[] => (text.trim() === "" ? [] : [word, text.trim()]);
  const resource: Readonly<Record<string, string>> =
    resourceId.trim() === "" ? {} : { id: resourceId.trim(), ...labels };
  return toCommand(
    "webhook",
    "create",
    name.trim() === "" ? "NAME" : name.trim(),
    ...(draft.slug.trim() === "" || draft.slug.trim() === toSlug(name) ? [] : ["--slug", draft.slug.trim()]),
    ...option("--description", description),
    ...option("--event", event),
    ...Object.entries(resource).flatMap(([label, text]) => ["--resource", `${label}=${text}`]),
    ...option("--payload", payloadFault(draft) === null ? payload : ""),
    ...(scheme === ""
      ? []
      : [
          "--signature",
          scheme,
          ...option("--secret", secretName),
          ...option("--header", header),
          ...(toleranceMs === null || !hasTime(scheme)
            ? []
            : ["--tolerance", writeDuration(toleranceMs).replaceAll(" ", "")]),
        ]),
  );
}

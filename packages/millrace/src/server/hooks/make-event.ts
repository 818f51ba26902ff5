/** What a request to a webhook becomes: an event, by the webhook's template. */

import { MillraceError } from "../../contract/errors.ts";
import type { Webhook } from "../../contract/objects.ts";
import type { Event } from "../../contract/records.ts";
import { createSafeTemplate, TemplateError } from "../../kit/safe-template.ts";

/** What templates are filled from. */
export interface HookValues {
  readonly body: unknown;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
}

/** Characters of an event's texts and payload in all. */
const maxChars = 2 ** 20;
const maxNameChars = 255;

/** Headers that hold what their sender keeps secret. */
const secretHeaders: ReadonlySet<string> = new Set(["authorization", "proxy-authorization", "cookie"]);

/** The headers that a template may read. `signature` names the one that proves the sender, which is none of them. */
export function toHookHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  signature: string | null,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || secretHeaders.has(name) || name === signature ? [] : [[name, String(value)]],
    ),
  );
}

/** @throws EVENT_INVALID when the template cannot be filled from this request */
export function makeEvent(
  webhook: Webhook,
  values: HookValues,
  { id, at }: { readonly id: string; readonly at: number },
): Event {
  const { template } = webhook;
  const fill = createFill(webhook, values);
  const name = template === undefined ? `webhook.${webhook.slug}` : fill.text(template.event).trim();
  if (name === "" || name.length > maxNameChars) throw invalid(name, `its name has 1 to ${maxNameChars} characters`);
  if (name.startsWith("millrace.")) throw invalid(name, "names that begin with `millrace.` are the product's own");
  const labels = template?.resource ?? { id: `millrace.webhook.${webhook.id}`, name: webhook.name };
  const resource = Object.fromEntries(Object.entries(labels).map(([label, text]) => [label, fill.text(text)]));
  if ((resource.id ?? "") === "") throw invalid(name, "its resource has no `id`");
  const payload = template !== undefined && "payload" in template ? fill.value(template.payload) : values.body;
  const text = payload === undefined ? null : JSON.stringify(payload);
  if (text !== null && text.length > maxChars) throw invalid(name, `its payload has more than ${maxChars} characters`);
  return { id, name, at, flowRunId: null, taskRunId: null, resource, payload: text };
}

/** Fills templates, all of which together may make no more than `maxChars`. */
function createFill(
  { id, name, slug }: Webhook,
  values: HookValues,
): { readonly text: (source: string) => string; readonly value: (source: unknown) => unknown } {
  const given = { ...values, webhook: { id, name, slug } };
  let left = maxChars;

  function filled(source: string): unknown {
    try {
      const made = createSafeTemplate(source).fillValue(given, { maxChars: left });
      left -= typeof made === "string" ? made.length : 0;
      return made;
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      throw invalid(slug, error.message);
    }
  }

  function value(source: unknown): unknown {
    if (typeof source === "string") return filled(source);
    if (Array.isArray(source)) return source.map(value);
    if (typeof source !== "object" || source === null) return source;
    return Object.fromEntries(Object.entries(source).map(([key, each]) => [key, value(each)]));
  }

  return { value, text: (source) => toText(filled(source)) };
}

function toText(value: unknown): string {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function invalid(name: string, reason: string): MillraceError {
  return new MillraceError("EVENT_INVALID", { name, reason });
}

/** A webhook whose template cannot be read is not kept: its sender would be told, and nobody else. */

import { MillraceError } from "../contract/errors.ts";
import type { Webhook } from "../contract/objects.ts";
import { createSafeTemplate, TemplateError } from "../kit/safe-template.ts";

const slugs = /^[a-z0-9_-]{1,128}$/;

/** @throws OBJECT_INVALID */
export function checkWebhookObject({ slug, template }: Webhook): void {
  if (!slugs.test(slug)) throw invalid("slug", "has 1 to 128 lower-case letters, digits, `-` and `_`");
  if (template === undefined) return;
  if (template.resource !== undefined && !("id" in template.resource))
    throw invalid("template.resource", "has no `id`");
  checkTexts(template, "template");
}

function checkTexts(value: unknown, path: string): void {
  if (typeof value === "string") checkText(value, path);
  if (typeof value !== "object" || value === null) return;
  for (const [name, part] of Object.entries(value)) checkTexts(part, `${path}.${name}`);
}

function checkText(text: string, path: string): void {
  try {
    createSafeTemplate(text);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw invalid(path, error.message);
  }
}

function invalid(path: string, text: string): MillraceError {
  return new MillraceError("OBJECT_INVALID", { reason: `${path} ${text}` });
}

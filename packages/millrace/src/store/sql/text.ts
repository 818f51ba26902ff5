/** Texts as both databases can keep them. */

import { truncateUtf8 } from "../../kit/json.ts";
import { sha256 } from "../../kit/sha256.ts";

/**
 * PostgreSQL has no U+0000 in a text and no UTF-8 has a lone surrogate, so both become U+FFFD in what is kept as plain text:
 * names, keys, messages. What is kept as JSON escapes them and stays as it is.
 */
export function cleanText(text: string): string {
  if (text.isWellFormed() && !text.includes("\0")) return text;
  return text.toWellFormed().replaceAll("\0", "\ufffd");
}

export function cleanTextOrNull(text: string | null | undefined): string | null {
  return text == null ? null : cleanText(text);
}

/** PostgreSQL refuses index entries above 2,704 bytes, and some have two texts. In bytes of UTF-8. */
const maxKeyBytes = 800;

/** A text that an index holds. A longer one is its beginning and the digest of the whole, so that it stays one of its own. */
export function cleanKey(text: string): string {
  const clean = cleanText(text);
  if (clean.length * 3 <= maxKeyBytes) return clean;
  return truncateUtf8(clean, maxKeyBytes, `…${sha256(clean, "hex")}`);
}

export function cleanKeyOrNull(text: string | null | undefined): string | null {
  return text == null ? null : cleanKey(text);
}

/** The text, or its beginning and "…" where it has more characters than these. */
export function clipText(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

export function toJson(value: unknown): string | null {
  return value == null ? null : JSON.stringify(value);
}

/** A list of tags. They are searched in the JSON that holds them, so they are texts like others. */
export function toTags(tags: readonly string[] | undefined): string {
  return tags === undefined || tags.length === 0 ? "[]" : JSON.stringify(tags.map(cleanText));
}

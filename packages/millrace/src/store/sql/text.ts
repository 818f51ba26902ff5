/**
 * Texts as both databases can keep them. PostgreSQL has no U+0000 in a text and no UTF-8 has a lone surrogate, so both
 * become U+FFFD in what is kept as plain text: names, keys, messages. What is kept as JSON escapes them and stays as it is.
 */
export function cleanText(text: string): string {
  if (text.isWellFormed() && !text.includes("\0")) return text;
  return text.toWellFormed().replaceAll("\0", "\ufffd");
}

export function cleanTextOrNull(text: string | null | undefined): string | null {
  return text == null ? null : cleanText(text);
}

export function toJson(value: unknown): string | null {
  return value == null ? null : JSON.stringify(value);
}

/** JSON whose text depends on nothing but the value, texts that are JSON, and texts cut to a size. */

/**
 * JSON with the properties of each object in the order of their names, so that equal data gives equal text. Otherwise as
 * JSON.stringify; a value that has no JSON (undefined, a function) gives "null".
 *
 * @throws TypeError for cycles and bigints
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, sortProperties) ?? "null";
}

function sortProperties(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  // No prototype, so that a property named __proto__ stays a property.
  const sorted: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(value).sort()) sorted[key] = (value as Readonly<Record<string, unknown>>)[key];
  return sorted;
}

/** Whether a text can be parsed as JSON. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const encoder = new TextEncoder();

/**
 * The text if its UTF-8 has at most `maxBytes` bytes, else its longest beginning that fits, ended by `mark`. Never splits a
 * character of several units.
 *
 * @param mark counted in `maxBytes`; default none
 */
export function truncateUtf8(text: string, maxBytes: number, mark = ""): string {
  if (text.length * 3 <= maxBytes) return text;
  // One byte a unit at least: what is beyond cannot matter.
  const head = text.slice(0, maxBytes + 1);
  const { read, written } = encoder.encodeInto(head, new Uint8Array(maxBytes + 3));
  if (text.length === head.length && read === head.length && written <= maxBytes) return text;
  const markBytes = encoder.encode(mark).length;
  const room = Math.max(0, maxBytes - markBytes);
  const { read: fits } = encoder.encodeInto(head, new Uint8Array(room));
  return head.slice(0, fits) + (markBytes <= maxBytes ? mark : "");
}

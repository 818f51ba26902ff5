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

/**
 * Objects and lists within each other that a text of others may have. What goes through a value of JSON goes as deep, JSON.stringify
 * too, and would end on a deeper one with a full stack; Python reads 1000.
 */
export const maxJsonDepth = 500;

/** As JSON.parse, for a text that others have written. @throws SyntaxError, also where it is nested more than 500 deep */
export function parseJson(text: string): unknown {
  if (isDeeperThan(text, maxJsonDepth)) throw new SyntaxError(`it is nested more than ${maxJsonDepth} deep`);
  return JSON.parse(text) as unknown;
}

/** Whether a text can be parsed as JSON, as parseJson() does. */
export function isJson(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch {
    return false;
  }
}

/** Of JSON, before it is read: a text that is none may be told of as deep. */
export function isDeeperThan(text: string, max: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        at = endOfString(text, at);
        break;
      case 0x5b:
      case 0x7b:
        if (++depth > max) return true;
        break;
      case 0x5d:
      case 0x7d:
        depth--;
        break;
      default:
    }
  }
  return false;
}

/** Where the string that begins at this quote ends. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === 0x5c) escapes++;
    if (escapes % 2 === 0) return end;
  }
  return text.length;
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

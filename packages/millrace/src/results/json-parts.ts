/**
 * How a long value is written: not as one JSON text, but as frames, after a first line that no JSON begins with. What is
 * long in the value is taken out of its JSON, and follows it as a part.
 *
 * | frame | its content |
 * |---|---|
 * | `V` | the value, as the tagged JSON of json-serializer.ts |
 * | `B` | the bytes of a typed array or buffer, in the byte order of the machine |
 * | `T` | a text, as UTF-8 |
 * | `L` | some items of a list, as a JSON array |
 * | `E` | nothing: the list has no more items |
 *
 * A frame is its letter, the number of its parts in 4 bytes, the length of its content in 8, both with the high byte first,
 * and its content. `{"!part":[0,"Float64Array"]}` in a V or an L stands for the first of its parts. They follow the frame
 * in their order. One that is a list is some L, each followed by its own parts, and an E; a map or a set holds such a list.
 */

import { bytesOf } from "../kit/kinds.ts";
import { guessBytes } from "./long-values.ts";

/** The first line of what is written in frames. */
export const firstLine = "!millrace-parts/1\n";

export type FrameKind = "V" | "B" | "T" | "L" | "E";

/** Letter, number of parts, length of the content. In bytes. */
export const headerBytes = 1 + 4 + 8;

/** The tag that stands for a part. */
export const partTag = "!part";

/** Values from this size on are written in frames. In bytes, as it is guessed. */
export const longValueBytes = 4 * 2 ** 20;

/** From this size on a buffer is a part. Smaller ones are base64. */
const longBufferBytes = 2 ** 16;

/** From this length on a text is a part. In UTF-16 units. */
export const longTextChars = 2 ** 20;

/** Lists of fewer items, and those whose items are guessed to be less than this together, stay in the JSON. */
const longListItems = 1000;
const longListBytes = 2 ** 20;

/** What was taken out of a JSON. `around` are the objects that a list is in, itself the last. */
export type Part =
  | { readonly is: "bytes"; readonly bytes: Uint8Array }
  | { readonly is: "text"; readonly text: string }
  | { readonly is: "list"; readonly items: readonly unknown[]; readonly around: object[] };

/** Takes a buffer out if it is long. The value that stands for it in the JSON; null for what stays. */
export function takeBytes(value: ArrayBufferLike | ArrayBufferView, name: string, parts: Part[]): unknown {
  if (value.byteLength < longBufferBytes) return null;
  return { [partTag]: [parts.push({ is: "bytes", bytes: bytesOf(value) }) - 1, name] };
}

/** Takes a text out if it is long, and has a UTF-8. */
export function takeText(text: string, parts: Part[]): unknown {
  if (text.length < longTextChars || !text.isWellFormed()) return null;
  return { [partTag]: [parts.push({ is: "text", text }) - 1] };
}

/** Takes the items of a list, a map or a set out if they are long. */
export function takeList(
  value: readonly unknown[] | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>,
  { around, parts }: { readonly around: readonly object[]; readonly parts: Part[] },
): unknown {
  const length = Array.isArray(value) ? value.length : (value as ReadonlySet<unknown>).size;
  if (length < longListItems || guessBytes(value) < longListBytes) return null;
  const items = Array.isArray(value) ? (value as readonly unknown[]) : [...(value as ReadonlySet<unknown>)];
  if (hasHoles(items)) return null;
  return { [partTag]: [parts.push({ is: "list", items, around: [...around] }) - 1] };
}

function hasHoles(items: readonly unknown[]): boolean {
  for (let index = 0; index < items.length; index++) {
    if (items[index] === undefined && !(index in items)) return true;
  }
  return false;
}

/** Whether a value is long when it is written down, guessed from a few of its parts. */

import { types } from "node:util";

/** Values that are looked at, whatever the size of the whole. */
const maxLooks = 12;

/** Items of one list that are looked at, and properties of one object. */
const maxItems = 8;
const maxProperties = 64;

/** What an object costs beside its parts, and a number or a boolean. In bytes. */
const smallBytes = 8;

/**
 * About how many bytes a value is as JSON, its buffers as they are. Lists count by some of their items. What lies deep in a
 * value, or beside many others, may be missed: then the guess is too low.
 */
export function guessBytes(value: unknown): number {
  const flat = flatBytes(value);
  if (flat !== null) return flat;
  try {
    return guessParts(value as object);
  } catch {
    // A getter that throws. Who writes the value says where.
    return 0;
  }
}

/** A part and how many of its kind it stands for. */
interface Sample {
  readonly value: object;
  readonly weight: number;
}

function guessParts(root: object): number {
  let bytes = smallBytes;
  const samples: Sample[] = [{ value: root, weight: 1 }];
  for (let at = 0; at < samples.length && at < maxLooks; at++) {
    const { value, weight } = samples[at] as Sample;
    const { parts, total } = someOf(value);
    const each = (weight * total) / Math.max(1, parts.length);
    for (const part of parts) {
      const flat = flatBytes(part);
      bytes += each * (flat ?? smallBytes);
      if (flat === null) samples.push({ value: part as object, weight: each });
    }
  }
  return bytes;
}

/** Null for what has parts. */
function flatBytes(value: unknown): number | null {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return smallBytes;
  return ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value) ? value.byteLength : null;
}

function someOf(value: object): { readonly parts: readonly unknown[]; readonly total: number } {
  if (Array.isArray(value)) {
    const { length } = value;
    if (length <= maxItems) return { parts: value, total: length };
    const step = Math.floor(length / maxItems);
    return { parts: Array.from({ length: maxItems }, (_, at) => value[at * step] as unknown), total: length };
  }
  if (types.isMap(value)) return { parts: firstOf(value.values()), total: value.size };
  if (types.isSet(value)) return { parts: firstOf(value.values()), total: value.size };
  const keys = Object.keys(value);
  const parts: unknown[] = [];
  for (let at = 0; at < keys.length && at < maxProperties; at++)
    parts.push((value as Record<string, unknown>)[keys[at] ?? ""]);
  return { parts, total: keys.length };
}

function firstOf(values: IteratorObject<unknown>): readonly unknown[] {
  return values.take(maxItems).toArray();
}

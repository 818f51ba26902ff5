import { isMarkedAsUntransferable } from "node:worker_threads";
import { isPlainObject } from "../../kit/kinds.ts";

/** Below this, copying costs less than handing over. */
const minTransferBytes = 65_536;
/** How many values a result is searched for buffers. */
const maxVisited = 1_000;

/**
 * The big buffers in a value, which can be handed over in place of being copied. A view of a part of a buffer is left
 * alone: others may look at the rest of it.
 */
export function findTransferable(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const seen = new Set<object>();
  const waiting: unknown[] = [value];
  for (let visited = 0; waiting.length > 0 && visited < maxVisited; visited++) {
    const next = waiting.pop();
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    if (next instanceof ArrayBuffer) addBuffer(next, found);
    else if (ArrayBuffer.isView(next)) addView(next, found);
    else waiting.push(...childrenOf(next));
  }
  return [...found];
}

function addView(view: ArrayBufferView, found: Set<ArrayBuffer>): void {
  if (view.buffer instanceof ArrayBuffer && view.byteLength === view.buffer.byteLength) addBuffer(view.buffer, found);
}

function addBuffer(buffer: ArrayBuffer, found: Set<ArrayBuffer>): void {
  if (buffer.byteLength >= minTransferBytes && !isMarkedAsUntransferable(buffer)) found.add(buffer);
}

/** The first of what an array, a map, a set or a plain object holds. */
function childrenOf(value: object): readonly unknown[] {
  if (Array.isArray(value)) return value.slice(0, maxVisited);
  if (value instanceof Map) return [...value.values().take(maxVisited)];
  if (value instanceof Set) return [...value.values().take(maxVisited)];
  return isPlainObject(value) ? Object.values(value).slice(0, maxVisited) : [];
}

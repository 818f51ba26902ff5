/** Who waits for slots of a limit: told by whoever asks in vain, and forgotten when they are granted or ask no more. */

import type { ConcurrencyLimit, SlotWait } from "../contract/objects.ts";

/** Of one limit, those that asked last. */
const maxKept = 100;
/** Who is told when to ask again may be late by so much, in ms: their machine is busy, or the way is long. */
const graceMs = 30_000;

/** The limit with a word of who was denied. Who says nothing of who they are is not told of. */
export function noteWait(
  limit: ConcurrencyLimit,
  {
    holder = "",
    retryAfterMs,
    now,
  }: { readonly holder?: string | undefined; readonly retryAfterMs: number; readonly now: number },
): ConcurrencyLimit {
  if (holder === "") return limit;
  const waits = waitsOf(limit, now);
  const since = waits.find((wait) => wait.holder === holder)?.since ?? now;
  const others = waits.filter((wait) => wait.holder !== holder);
  return { ...limit, waiting: [...others, { holder, since, until: now + retryAfterMs + graceMs }].slice(-maxKept) };
}

/** The limit without those who wait no more: this one, who was granted slots, and who has not asked again in time. */
export function endWait(
  limit: ConcurrencyLimit,
  { holder, now }: { readonly holder?: string | undefined; readonly now: number },
): ConcurrencyLimit {
  if (limit.waiting === undefined) return limit;
  const { waiting: _, ...rest } = limit;
  const waiting = waitsOf(limit, now).filter((wait) => wait.holder !== holder);
  return waiting.length === 0 ? rest : { ...rest, waiting };
}

/** Those who wait now. */
export function waitsOf({ waiting = [] }: Pick<ConcurrencyLimit, "waiting">, now: number): readonly SlotWait[] {
  return waiting.filter(({ until }) => until > now);
}

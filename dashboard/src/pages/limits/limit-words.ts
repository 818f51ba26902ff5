/** What people call a limit, and its commands. */

import { type ConcurrencyLimit, takenSlots } from "millrace/client";
import { toCommand } from "../../format/shell.ts";

export const tagPrefix = "tag:";
export const deploymentPrefix = "deployment:";

export type LimitKind = "tag" | "deployment" | "named";

export function kindOf({ name }: Pick<ConcurrencyLimit, "name">): LimitKind {
  if (name.startsWith(tagPrefix)) return "tag";
  return name.startsWith(deploymentPrefix) ? "deployment" : "named";
}

/** Without what the ledger puts before it. */
export function ownName(limit: Pick<ConcurrencyLimit, "name">): string {
  const kind = kindOf(limit);
  return kind === "named" ? limit.name : limit.name.slice(kind.length + 1);
}

/** `millrace global-concurrency-limit update their-api …` */
export function limitCommand(limit: Pick<ConcurrencyLimit, "name">, verb: string, ...rest: readonly string[]): string {
  const isTag = kindOf(limit) === "tag";
  const group = isTag ? "concurrency-limit" : "global-concurrency-limit";
  return toCommand(group, verb, isTag ? ownName(limit) : limit.name, ...rest);
}

const firstAverageSeconds = 2;
const minAverageSeconds = 0.1;
const maxAverageSeconds = 30;

/** How many slots are believed to be waited for now: what was at `takenAt` shrinks as fast as slots come free. */
export function believedWaiting(limit: ConcurrencyLimit, now: number): number {
  const { decayPerSecond, slots, averageSeconds = firstAverageSeconds, denied, takenAt } = limit;
  const perSecond =
    decayPerSecond > 0
      ? decayPerSecond
      : slots / Math.min(maxAverageSeconds, Math.max(minAverageSeconds, averageSeconds));
  const left = denied - (perSecond * Math.max(0, now - takenAt)) / 1000;
  return left < 0.5 ? 0 : Math.round(left);
}

export function usedSlots(limit: ConcurrencyLimit, now: number): number {
  return takenSlots(limit, now);
}

/** A holder as leases name it: `<kind>:<id>`, in the words of Prefect's client too. */
export function toHolder(holder: string): { readonly kind: string; readonly id: string } | null {
  const at = holder.indexOf(":");
  if (at < 1) return null;
  return { kind: holder.slice(0, at).replace("_", "-"), id: holder.slice(at + 1) };
}

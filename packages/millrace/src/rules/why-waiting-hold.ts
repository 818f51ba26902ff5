/** How a hold is put together. */

import type { FlowRun } from "../contract/flow-run.ts";
import type { ObjectKind } from "../contract/objects.ts";
import type { Hold, HoldKind, HoldSubject } from "../contract/waiting.ts";

interface HoldDetails {
  readonly subject?: HoldSubject | null;
  readonly advice?: string | null;
  readonly until?: number | null;
}

export function hold(
  kind: HoldKind,
  reason: string,
  { subject = null, advice = null, until = null }: HoldDetails = {},
): Hold {
  return { kind, subject, reason, advice, until };
}

export function named(kind: ObjectKind, { id, name }: { readonly id: string; readonly name: string }): HoldSubject {
  return { kind, id, name };
}

export function theRun({ id, name }: FlowRun): HoldSubject {
  return { kind: "flow-run", id, name };
}

/** The first of many. */
export function some(names: readonly string[]): string {
  return names.slice(0, 3).join(", ") + (names.length > 3 ? " and others" : "");
}

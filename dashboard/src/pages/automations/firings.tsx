/** What became of an automation: when it was set off, why, and what its actions came to. */

import { Link } from "@tanstack/react-router";
import type { AutomationFiring, Firing } from "millrace/client";
import type { Family, GlyphName } from "../../states/families.ts";
import { familyText, Glyph } from "../../states/state-badge.tsx";

/** What is kept of an action that was done. */
export interface Outcome {
  readonly kind: string;
  readonly status: "executed" | "failed";
  readonly reason?: string;
}

export function outcomesOf({ outcomes = [] }: AutomationFiring): readonly Outcome[] {
  return outcomes as unknown as readonly Outcome[];
}

export function firingOf({ firing }: AutomationFiring): Partial<Firing> {
  const kept = firing as { readonly firing?: Partial<Firing> } | undefined;
  return kept?.firing ?? {};
}

const looks: Readonly<Record<AutomationFiring["status"], readonly [word: string, family: Family, glyph: GlyphName]>> = {
  done: ["Done", "completed", "check"],
  failed: ["Failed", "failed", "cross"],
  pending: ["Being done", "waiting", "ring"],
};

export function FiringBadge({ status }: { readonly status: AutomationFiring["status"] }) {
  const [word, family, glyph] = looks[status];
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium whitespace-nowrap ${familyText[family]}`}>
      <Glyph name={glyph} family={family} />
      {word}
    </span>
  );
}

export function FiringEvent({ firing }: { readonly firing: AutomationFiring }) {
  const { eventId, at } = firingOf(firing);
  if (eventId == null) return <span className="text-muted">–</span>;
  return (
    <Link
      to="/events"
      search={{ event: eventId, since: "all", ...(at === undefined ? {} : { at }) }}
      className="truncate hover:underline"
      title={eventId}
    >
      its event
    </Link>
  );
}

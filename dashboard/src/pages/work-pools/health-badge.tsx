import { clsx } from "clsx";
import { familyText, Glyph } from "../../states/state-badge.tsx";
import type { Family, GlyphName } from "../../states/families.ts";

const looks: Readonly<Record<string, readonly [word: string, family: Family, glyph: GlyphName]>> = {
  ready: ["Ready", "completed", "check"],
  "not-ready": ["No worker", "attention", "alarm"],
  paused: ["Paused", "inert", "pause"],
  online: ["Online", "completed", "check"],
  offline: ["Offline", "inert", "slash"],
  unpolled: ["Not asked", "attention", "alarm"],
};

/** Whether something is served, in a glyph and a word; why, on hover. */
export function HealthBadge({ state, why }: { readonly state: keyof typeof looks; readonly why?: string }) {
  const [word, family, glyph] = looks[state] ?? [state, "inert" as const, "ring" as const];
  return (
    <span
      className={clsx("inline-flex items-center gap-1.5 font-medium whitespace-nowrap", familyText[family])}
      title={why}
    >
      <Glyph name={glyph} family={family} />
      {word}
    </span>
  );
}

import { clsx } from "clsx";
import type { Family, GlyphName } from "../../states/families.ts";
import { familyText, Glyph } from "../../states/state-badge.tsx";
import type { Verdict } from "./readiness.ts";

const looks: Readonly<Record<Verdict["status"], readonly [word: string, glyph: GlyphName, family: Family]>> = {
  ready: ["Ready", "check", "completed"],
  "not-ready": ["Not served", "alarm", "attention"],
  paused: ["Paused", "pause", "inert"],
};

export function StatusBadge({ verdict }: { readonly verdict: Verdict }) {
  const [word, glyph, family] = looks[verdict.status];
  return (
    <span
      className={clsx("inline-flex items-center gap-1.5 font-medium whitespace-nowrap", familyText[family])}
      title={verdict.why}
    >
      <Glyph name={glyph} family={family} />
      {word}
    </span>
  );
}

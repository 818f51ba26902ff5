import { clsx } from "clsx";
import { toShortCount } from "../../format/number.ts";
import { families, type Family, type GlyphName } from "../../states/families.ts";
import { familyText, Glyph } from "../../states/state-badge.tsx";
import type { FamilyCounts } from "./use-runs.ts";

const familyWords: Readonly<Record<Family, readonly [word: string, glyph: GlyphName]>> = {
  failed: ["Failed", "cross"],
  crashed: ["Crashed", "bolt"],
  attention: ["Needs attention", "alarm"],
  running: ["Running", "pulse"],
  waiting: ["Waiting", "clock"],
  completed: ["Completed", "check"],
  inert: ["Cancelled", "slash"],
};

/** One for each family, with how many there are: any number of them can be chosen. */
export function StateChips(props: {
  readonly counts: FamilyCounts | null;
  readonly chosen: readonly Family[];
  readonly onChange: (chosen: readonly Family[]) => void;
}) {
  const { counts, chosen, onChange } = props;
  return (
    // On a telephone what stands behind them goes on in their last line.
    <div role="group" aria-label="States" className="flex flex-wrap gap-1 max-sm:contents">
      {families.map((family) => {
        const [word, glyph] = familyWords[family];
        const isChosen = chosen.includes(family);
        return (
          <button
            key={family}
            type="button"
            aria-pressed={isChosen}
            onClick={() => onChange(isChosen ? chosen.filter((each) => each !== family) : [...chosen, family])}
            className={clsx(
              "flex h-7 items-center gap-1 rounded-full border px-2",
              isChosen ? "border-accent bg-selected" : "border-line hover:bg-hover",
            )}
          >
            <Glyph name={glyph} family={family} />
            <span className={familyText[family]}>{word}</span>
            {counts === null ? null : <span className="text-muted">{toShortCount(counts[family])}</span>}
          </button>
        );
      })}
    </div>
  );
}

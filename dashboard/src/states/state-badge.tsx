import type { State } from "millrace/client";
import { clsx } from "clsx";
import { type Family, glyphPaths, type GlyphName, lookOf, toWords } from "./families.ts";

/** The glyph of a state, in its colour. Says nothing by itself: a word stands beside it, or `label` names it. */
export function Glyph(props: { readonly name: GlyphName; readonly family: Family; readonly label?: string }) {
  const { name, family, label } = props;
  return (
    <svg
      viewBox="0 0 12 12"
      width="12"
      height="12"
      className="shrink-0"
      fill="none"
      stroke={`var(--${family})`}
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      {...(label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label })}
    >
      <path d={glyphPaths[name]} />
    </svg>
  );
}

/** `text-state-*` is a utility of ours; the names are written out so that the style sheet has them. */
export const familyText: Readonly<Record<Family, string>> = {
  completed: "text-state-completed",
  running: "text-state-running",
  failed: "text-state-failed",
  crashed: "text-state-crashed",
  waiting: "text-state-waiting",
  attention: "text-state-attention",
  inert: "text-state-inert",
};

/** A state: glyph and word, and its message on hover. */
export function StateBadge({
  state,
  className,
}: {
  readonly state: Pick<State, "type" | "name"> & { readonly message?: string | null };
  readonly className?: string;
}) {
  const { family, glyph } = lookOf(state);
  return (
    <span
      className={clsx("inline-flex min-w-0 items-center gap-1.5 font-medium", familyText[family], className)}
      title={state.message ?? toWords(state.name)}
    >
      <Glyph name={glyph} family={family} />
      <span className="truncate">{toWords(state.name)}</span>
    </span>
  );
}

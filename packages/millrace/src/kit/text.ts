/** Texts on a terminal: how wide they are, and fitting them into a width. */

import { stripVTControlCharacters } from "node:util";

/** The text without colours, links and other control sequences. */
export function stripAnsi(text: string): string {
  return text.includes("\u001b") || text.includes("\u009b") ? stripVTControlCharacters(text) : text;
}

// Built when the first text that is not ASCII is measured: it takes a millisecond.
let segmenter: Intl.Segmenter | undefined;

/** What a terminal draws two columns wide: East Asian wide characters, and emoji. */
const wide =
  /^(?:\p{Emoji_Presentation}|\p{Emoji}\ufe0f|\p{Regional_Indicator}{2}|[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}])/u;

/** Draws nothing by itself. */
const invisible = /^[\p{Cc}\p{Cf}\p{M}\p{Zl}\p{Zp}]+$/u;

function* graphemes(text: string): Generator<{ readonly text: string; readonly width: number }> {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  for (const { segment } of segmenter.segment(text)) {
    yield { text: segment, width: invisible.test(segment) ? 0 : wide.test(segment) ? 2 : 1 };
  }
}

/** The columns a text takes on a terminal. Control sequences take none. */
export function displayWidth(text: string): number {
  const bare = stripAnsi(text);
  if (/^[\x20-\x7e]*$/.test(bare)) return bare.length;
  let width = 0;
  for (const grapheme of graphemes(bare)) width += grapheme.width;
  return width;
}

/** The text with blanks after it, or before it with `align: "right"`, up to `width` columns. */
export function pad(text: string, width: number, options: { readonly align?: "left" | "right" } = {}): string {
  const blanks = " ".repeat(Math.max(0, width - displayWidth(text)));
  return options.align === "right" ? blanks + text : text + blanks;
}

/** The text if it fits into `width` columns, else its beginning and "…", without control sequences. */
export function ellipsize(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width <= 0) return "";
  let fitting = "";
  let used = 0;
  for (const grapheme of graphemes(stripAnsi(text))) {
    if (used + grapheme.width > width - 1) break;
    fitting += grapheme.text;
    used += grapheme.width;
  }
  return `${fitting}…`;
}

import type { Look } from "./look.ts";

/** A bar of `width` columns, filled up to `fraction` (from 0 to 1). It is full only at 1. */
export function progressBar(fraction: number, width: number, { glyphs, paint }: Look): string {
  const filled = fraction >= 1 ? width : Math.min(width - 1, Math.max(0, Math.floor(fraction * width)));
  return glyphs.barDone.repeat(filled) + paint.dim(glyphs.barLeft.repeat(width - filled));
}

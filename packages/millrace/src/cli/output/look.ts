import { createGlyphs, drawsUnicode, type Glyphs } from "./glyphs.ts";
import { createPaint, type Paint } from "./paint.ts";

/** How things are drawn. */
export interface Look {
  readonly paint: Paint;
  readonly glyphs: Glyphs;
}

/** `unicode` defaults to what the platform's terminals can draw. */
export function createLook(options: { readonly color: boolean; readonly unicode?: boolean }): Look {
  return { paint: createPaint(options), glyphs: createGlyphs({ unicode: options.unicode ?? drawsUnicode }) };
}

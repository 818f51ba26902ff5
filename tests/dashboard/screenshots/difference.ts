/** How one picture differs from another, pixel by pixel. */

import { readPng, writePng } from "./png.ts";

/** A channel that is off by less is noise of drawing and of our palettes. */
const minOff = 24;
/** So few pixels nobody sees. */
const maxPixels = 12;

export interface Difference {
  readonly pixels: number;
  /** The first picture, faint, with what differs in red. */
  readonly picture: Buffer;
}

/** Null where they are the same to who looks at them. */
export function findDifference(png: Buffer, other: Buffer): Difference | null {
  if (png.equals(other)) return null;
  const [one, two] = [readPng(png), readPng(other)];
  const isSameSize = one.width === two.width && one.height === two.height;
  const places = new Uint8Array(one.colors.length);
  let pixels = 0;
  for (const [at, color] of one.colors.entries()) {
    const isOff = !isSameSize || offBy(color, two.colors[at] ?? 0) >= minOff;
    places[at] = isOff ? red : toFaint(color);
    if (isOff) pixels++;
  }
  if (pixels <= maxPixels) return null;
  const { width, height } = one;
  return { pixels, picture: writePng({ width, height, palette: faintAndRed, places }) };
}

const red = 255;
/** Greys from middle to white, and red. */
const faintAndRed = [...Array.from({ length: 255 }, (_, place) => (128 + (place >> 1)) * 0x010101), 0xd00000];

const toFaint = (color: number): number =>
  Math.min(254, Math.round(((color >> 16) + ((color >> 8) & 0xff) + (color & 0xff)) / 3));

const offBy = (one: number, other: number): number =>
  Math.max(
    Math.abs((one >> 16) - (other >> 16)),
    Math.abs(((one >> 8) & 0xff) - ((other >> 8) & 0xff)),
    Math.abs((one & 0xff) - (other & 0xff)),
  );

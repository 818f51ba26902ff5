/** Makes a screenshot small: its colours become a palette of 256, which loses little of a page of text on few backgrounds. */

import { readPng, writePng } from "./png.ts";

const paletteSize = 256;

export function toSmallPng(png: Buffer): Buffer {
  const { width, height, colors } = readPng(png);
  const palette = choosePalette(colors);
  const known = new Map(palette.map((color, place) => [color, place]));
  const places = new Uint8Array(colors.length);
  for (const [at, color] of colors.entries()) {
    let place = known.get(color);
    if (place === undefined) {
      place = findNearest(color, palette);
      known.set(color, place);
    }
    places[at] = place;
  }
  return writePng({ width, height, palette, places });
}

/** The colours that there are most of, alike ones counted together. */
function choosePalette(colors: Uint32Array): readonly number[] {
  const counts = new Map<number, number>();
  for (const color of colors) counts.set(color, (counts.get(color) ?? 0) + 1);
  if (counts.size <= paletteSize) return [...counts.keys()];
  const alike = new Map<number, { color: number; most: number; count: number }>();
  for (const [color, count] of counts) {
    const key = color & 0xf0f0f0;
    const known = alike.get(key);
    if (known === undefined) alike.set(key, { color, most: count, count });
    else {
      known.count += count;
      if (count > known.most) Object.assign(known, { color, most: count });
    }
  }
  const groups = [...alike.values()].sort((a, b) => b.count - a.count).map(({ color }) => color);
  const often = [...counts].sort((a, b) => b[1] - a[1]).map(([color]) => color);
  // Half for what is seen most, exactly; half for what stands apart.
  return [...new Set([...often.slice(0, paletteSize / 2), ...groups, ...often])].slice(0, paletteSize);
}

function findNearest(color: number, palette: readonly number[]): number {
  let nearest = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [place, each] of palette.entries()) {
    const red = (color >> 16) - (each >> 16);
    const green = ((color >> 8) & 0xff) - ((each >> 8) & 0xff);
    const blue = (color & 0xff) - (each & 0xff);
    const apart = red * red * 2 + green * green * 4 + blue * blue * 3;
    if (apart < least) [nearest, least] = [place, apart];
  }
  return nearest;
}

/**
 * Makes a screenshot small: its colours become a palette of 256, which loses little of a page of text on few backgrounds.
 * Reads what Chromium writes (8 bits a channel, not interlaced), by PNG (ISO/IEC 15948), and writes a palette image.
 */

import { crc32, deflateSync, inflateSync } from "node:zlib";

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** 0xRRGGBB, row by row. */
  readonly colors: Uint32Array;
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const paletteSize = 256;

export function toSmallPng(png: Buffer): Buffer {
  const pixels = decode(png);
  return encode(pixels, choosePalette(pixels.colors));
}

function decode(png: Buffer): Pixels {
  const parts: Buffer[] = [];
  let width = 0;
  let height = 0;
  let channels = 0;
  for (let at = signature.length; at < png.length; ) {
    const size = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + size);
    if (type === "IHDR") {
      width = data.readUInt32BE(0);
      height = data.readUInt32BE(4);
      channels = data[9] === 2 ? 3 : 4;
      if (data[8] !== 8 || (data[9] !== 2 && data[9] !== 6) || data[12] !== 0)
        throw new Error("No PNG as Chromium has it");
    } else if (type === "IDAT") parts.push(data);
    at += size + 12;
  }
  const raw = inflateSync(Buffer.concat(parts));
  unfilter(raw, { rowBytes: width * channels, height, channels });
  const colors = new Uint32Array(width * height);
  for (let y = 0, to = 0; y < height; y++) {
    let from = y * (width * channels + 1) + 1;
    for (let x = 0; x < width; x++, from += channels) colors[to++] = raw.readUIntBE(from, 3);
  }
  return { width, height, colors };
}

/** Each row says by its first byte what was taken from its bytes: that on the left, that above, or what both foretell. */
function unfilter(
  raw: Buffer,
  { rowBytes, height, channels }: { readonly rowBytes: number; readonly height: number; readonly channels: number },
): void {
  for (let y = 0; y < height; y++) {
    const start = y * (rowBytes + 1);
    const filter = raw[start] ?? 0;
    for (let x = 0; x < rowBytes; x++) {
      const at = start + 1 + x;
      const left = x < channels ? 0 : (raw[at - channels] ?? 0);
      const up = y === 0 ? 0 : (raw[at - rowBytes - 1] ?? 0);
      const upLeft = y === 0 || x < channels ? 0 : (raw[at - rowBytes - 1 - channels] ?? 0);
      const foretold = [0, left, up, (left + up) >> 1, paeth(left, up, upLeft)][filter] ?? 0;
      raw[at] = ((raw[at] ?? 0) + foretold) & 0xff;
    }
  }
}

function paeth(left: number, up: number, upLeft: number): number {
  const estimate = left + up - upLeft;
  const [byLeft, byUp, byUpLeft] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - upLeft)];
  if (byLeft <= byUp && byLeft <= byUpLeft) return left;
  return byUp <= byUpLeft ? up : upLeft;
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

function encode({ width, height, colors }: Pixels, palette: readonly number[]): Buffer {
  const places = new Map(palette.map((color, place) => [color, place]));
  const placeOf = (color: number): number => {
    let place = places.get(color);
    if (place === undefined) {
      place = findNearest(color, palette);
      places.set(color, place);
    }
    return place;
  };
  const raw = Buffer.alloc((width + 1) * height);
  for (let y = 0, from = 0; y < height; y++) {
    for (let x = 0; x < width; x++) raw[y * (width + 1) + 1 + x] = placeOf(colors[from++] ?? 0);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const table = Buffer.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 0xff, color & 0xff]));
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("PLTE", table),
    chunk("IDAT", deflateSync(raw, { level: 9, memLevel: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
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

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const around = Buffer.alloc(4);
  around.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([around, named, check]);
}

/**
 * Reads pictures as Chromium and we write them (8 bits a channel or a palette, not interlaced), and writes them with a
 * palette, by PNG (ISO/IEC 15948).
 */

import { crc32, deflateSync, inflateSync } from "node:zlib";

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** 0xRRGGBB, row by row. */
  readonly colors: Uint32Array;
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** By the number that its head gives a kind of picture: true colour, palette, true colour with alpha. */
const channelsByType: Readonly<Record<number, number>> = { 2: 3, 3: 1, 6: 4 };

export function readPng(png: Buffer): Pixels {
  const parts: Buffer[] = [];
  let width = 0;
  let height = 0;
  let channels = 0;
  let palette: Buffer | null = null;
  for (let at = signature.length; at < png.length; ) {
    const size = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + size);
    if (type === "IHDR") {
      width = data.readUInt32BE(0);
      height = data.readUInt32BE(4);
      channels = channelsByType[data[9] ?? 0] ?? 0;
      if (data[8] !== 8 || channels === 0 || data[12] !== 0) throw new Error("No PNG as Chromium or we have it");
    } else if (type === "PLTE") palette = data;
    else if (type === "IDAT") parts.push(data);
    at += size + 12;
  }
  const raw = inflateSync(Buffer.concat(parts));
  unfilter(raw, { rowBytes: width * channels, height, channels });
  const colors = new Uint32Array(width * height);
  for (let y = 0, to = 0; y < height; y++) {
    let from = y * (width * channels + 1) + 1;
    for (let x = 0; x < width; x++, from += channels)
      colors[to++] = palette === null ? raw.readUIntBE(from, 3) : palette.readUIntBE((raw[from] ?? 0) * 3, 3);
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

export interface PalettePicture {
  readonly width: number;
  readonly height: number;
  /** At most 256, as 0xRRGGBB. */
  readonly palette: readonly number[];
  /** For each pixel where its colour is in the palette, row by row. */
  readonly places: Uint8Array;
}

export function writePng({ width, height, palette, places }: PalettePicture): Buffer {
  const raw = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) raw.set(places.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
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

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const around = Buffer.alloc(4);
  around.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([around, named, check]);
}

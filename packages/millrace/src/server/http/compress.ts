/** Compressing answers, for clients that can read it. */

import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** Below this an answer is sent as it is: packing costs more than it saves. */
const minBytes = 1024;
/** Of 11: near the size of gzip's best at a fraction of its time. */
const brotliQuality = 4;

const packers = {
  br: (text: string) =>
    promisify(brotliCompress)(text, {
      params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality, [constants.BROTLI_PARAM_SIZE_HINT]: text.length },
    }),
  gzip: (text: string) => promisify(gzip)(text),
} as const;

export type Encoding = keyof typeof packers;

/** The encoding to use for a text; null to send it as it is. Ours to choose among what the client accepts. */
export function chooseEncoding(accepted: string | undefined, text: string): Encoding | null {
  if (accepted === undefined || text.length < minBytes) return null;
  const names = new Set(
    accepted
      .toLowerCase()
      .split(",")
      .map((part) => part.split(";"))
      .filter(([, weight]) => !/^\s*q\s*=\s*0(\.0*)?\s*$/.test(weight ?? ""))
      .map(([name = ""]) => name.trim()),
  );
  if (names.has("br")) return "br";
  return names.has("gzip") || names.has("*") ? "gzip" : null;
}

export function compress(text: string, encoding: Encoding): Promise<Buffer> {
  return packers[encoding](text);
}

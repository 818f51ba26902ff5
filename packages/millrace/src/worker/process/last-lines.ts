import type { Readable } from "node:stream";
import type { Masker } from "../../kit/mask.ts";

const maxChars = 16_384;
const maxLines = 10;
/** Texts are kept so much longer than what is told of them, in characters, that a secret is whole when it is looked for. */
export const maxSecretChars = 131_072;
const keptChars = maxChars + maxSecretChars;

/**
 * Keeps the end of what a process writes, to tell of its death. Secrets are masked before anything is cut; the process may have
 * been gone before all of one was written, and what Node writes of its own end comes right behind that.
 */
export function keepLastLines(stream: Readable, masker: Pick<Masker, "mask" | "maskCut">): () => string {
  let tail = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    tail += text;
    // What is dropped ends no secret: those that are whole are masked, and one that is not is in what is kept.
    if (tail.length > 2 * keptChars) tail = masker.mask(tail).slice(-keptChars);
  });
  stream.on("error", () => undefined);
  return () => {
    const told = masker.maskCut(tail).slice(-maxChars);
    const lines = told.split("\n").filter((line) => line.trim() !== "");
    return lines.slice(-maxLines).join("\n");
  };
}

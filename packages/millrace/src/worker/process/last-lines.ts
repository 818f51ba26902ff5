import type { Readable } from "node:stream";

const maxChars = 16_384;
const maxLines = 10;
/** Kept so much longer than what is told, in characters, that a secret is whole when it is looked for. */
const maxSecretChars = 131_072;

/** Keeps the end of what a process writes, to tell of its death. Secrets are masked before anything is cut. */
export function keepLastLines(stream: Readable, mask: (text: string) => string): () => string {
  let tail = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    tail = (tail + text).slice(-(maxChars + maxSecretChars));
  });
  stream.on("error", () => undefined);
  return () => {
    const told = mask(tail).slice(-maxChars);
    const lines = told.split("\n").filter((line) => line.trim() !== "");
    return lines.slice(-maxLines).join("\n");
  };
}

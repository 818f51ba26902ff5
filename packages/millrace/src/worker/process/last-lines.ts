import type { Readable } from "node:stream";

const maxBytes = 16_384;
const maxLines = 10;

/** Keeps the end of what a process writes, to tell of its death. */
export function keepLastLines(stream: Readable): () => string {
  let tail = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    tail = (tail + text).slice(-maxBytes);
  });
  stream.on("error", () => undefined);
  return () => {
    const lines = tail.split("\n").filter((line) => line.trim() !== "");
    return lines.slice(-maxLines).join("\n");
  };
}

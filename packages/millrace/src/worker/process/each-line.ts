import type { Readable } from "node:stream";

/** A longer line is told in parts, in characters. */
const maxLineLength = 16_384;

/** Calls back with each line of a stream that gives texts, the last one too where no line feed ends it. */
export function eachLine(stream: Readable, onLine: (line: string) => void): void {
  let rest = "";
  stream.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
    for (; rest.length > maxLineLength; rest = rest.slice(maxLineLength)) onLine(rest.slice(0, maxLineLength));
  });
  stream.on("end", () => {
    if (rest !== "") onLine(rest);
    rest = "";
  });
}

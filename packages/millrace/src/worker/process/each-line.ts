import type { Readable } from "node:stream";
import type { Masker } from "../../kit/mask.ts";
import { maxSecretChars } from "./last-lines.ts";

/** A longer line is told in parts, in characters. */
const maxLineLength = 16_384;

interface EachLineOptions {
  /**
   * Secrets are whole when it is asked, but for one that is cut off by the end of all, or by what the process writes when it dies: a
   * part of a line is told when what comes after it is known.
   */
  readonly masker: Pick<Masker, "mask" | "maskBegun" | "maskCut">;
  readonly onLine: (line: string) => void;
}

/** Calls back with each line of a stream that gives texts, the last one too where no line feed ends it. */
export function eachLine(stream: Readable, { masker, onLine }: EachLineOptions): void {
  let rest = "";

  /** Tells so much of a masked text that no more than this is left, and gives back what is left. */
  function tell(masked: string, maxLeft: number): string {
    let left = masked;
    for (; left.length > maxLeft && left.length > maxLineLength; left = left.slice(maxLineLength)) {
      onLine(left.slice(0, maxLineLength));
    }
    return left;
  }

  stream.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(tell(masker.maskBegun(line), 0));
    if (rest.length > maxLineLength + maxSecretChars) rest = tell(masker.mask(rest), maxSecretChars);
  });
  stream.on("end", () => {
    if (rest !== "") onLine(tell(masker.maskCut(rest), 0));
    rest = "";
  });
}

import { formatBytes } from "../../output/numbers.ts";
import type { CommandContext } from "../../command.ts";

/** How often a line is written anew, in ms. */
const everyMs = 100;

/** A line of the terminal that says how far something is, and goes when it is done; nothing where nobody looks. */
export function startProgressLine(
  verb: string,
  { err, clock, json }: Pick<CommandContext, "err" | "clock" | "json">,
): { readonly show: (progress: { readonly doneBytes: number; readonly totalBytes: number }) => void; end(): void } {
  if (json || !err.isTerminal) return { show: () => undefined, end: () => undefined };
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    show({ doneBytes, totalBytes }) {
      const now = clock.monotonic();
      if (now - shownAt < everyMs) return;
      shownAt = now;
      const percent = totalBytes === 0 ? 100 : Math.floor((100 * doneBytes) / totalBytes);
      process.stderr.write(`\r\x1b[K${verb} ${percent} % of ${formatBytes(totalBytes)}`);
    },
    end: () => void process.stderr.write("\r\x1b[K"),
  };
}

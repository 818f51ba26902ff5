import type { CommandContext } from "../../command.ts";

/** How often a line is written anew, in ms. */
const everyMs = 100;

export interface Progress {
  readonly done: number;
  readonly total: number;
  /** All of it, in words. */
  readonly what: string;
}

/** A line of the terminal that says how far something is, and goes when it is done; nothing where nobody looks. */
export function startProgressLine(
  verb: string,
  { err, clock, json }: Pick<CommandContext, "err" | "clock" | "json">,
): { readonly show: (progress: Progress) => void; readonly end: () => void } {
  if (json || !err.isTerminal) return { show: () => undefined, end: () => undefined };
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    show({ done, total, what }) {
      const now = clock.monotonic();
      if (now - shownAt < everyMs) return;
      shownAt = now;
      const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
      process.stderr.write(`\r\x1b[K${verb} ${percent} % of ${what}`);
    },
    end: () => void process.stderr.write("\r\x1b[K"),
  };
}

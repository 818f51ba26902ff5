/** `--watch`: what a command shows, shown again each time that it is another, until Ctrl-C. */

import { flag } from "./arguments/options.ts";
import type { OptionTable, PositionalTable } from "./arguments/parse.ts";
import { type Command, type CommandContext, exitCodes } from "./command.ts";
import { cleanJson } from "./output/clean-text.ts";
import type { Output } from "./output/output.ts";

const lookEveryMs = 1000;

const watch = flag("Show it again each time that it changes, until Ctrl-C.", { short: "w" });

type Watchable<Options extends OptionTable> = Options & { readonly watch: typeof watch };

/**
 * A command that shows something, with `--watch`: on a terminal in place of what was shown before; elsewhere below it. With
 * --json a line of JSON each time.
 */
export function watchable<Positionals extends PositionalTable, Options extends OptionTable>(
  command: Command<Positionals, Options>,
): Command<Positionals, Watchable<Options>> {
  return {
    ...command,
    options: { ...command.options, watch },
    async run(input, context) {
      const { watch: isWatched } = input.options as { readonly watch: boolean };
      const show = (within: CommandContext) => command.run(input as never, within);
      if (!isWatched) return show(context);
      await showAgain(context, show);
      return exitCodes.ok;
    },
  };
}

async function showAgain(context: CommandContext, show: (context: CommandContext) => Promise<unknown>): Promise<void> {
  const { out, json, clock, interrupt } = context;
  const signal = interrupt();
  // Opened once, not at each look.
  await using host = await context.openHost();
  const shared = { ...host, [Symbol.asyncDispose]: async () => undefined };
  for (let before: string | null = null; !signal.aborted; ) {
    const lines: string[] = [];
    await show({ ...context, out: collect(out, lines), openHost: async () => shared });
    const seen = lines.join("\n");
    if (seen !== before) {
      if (json || !out.isTerminal) out.lines([seen]);
      else {
        out.clear();
        out.lines([seen, "", out.look.paint.dim("Ctrl-C ends the watching.")]);
      }
      before = seen;
    }
    await clock.sleep(lookEveryMs, signal).catch(() => undefined);
  }
}

/** Keeps the lines in place of printing them. */
function collect({ look, isTerminal, hasColor, closed, width }: Output, lines: string[]): Output {
  return {
    look,
    isTerminal,
    hasColor,
    closed,
    width,
    line: (text = "") => void lines.push(text),
    lines: (texts) => void lines.push(...texts),
    clear: () => undefined,
    json: (value) => void lines.push(cleanJson(JSON.stringify(value))),
    jsonLine: (value) => void lines.push(cleanJson(JSON.stringify(value))),
  };
}

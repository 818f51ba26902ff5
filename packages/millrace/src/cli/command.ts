/** What a command is, and what it is given. */

import type { CommandHost } from "../app/command-host.ts";
import type { Settings } from "../app/settings.ts";
import type { RunObserver } from "../contract/observer.ts";
import type { Clock } from "../kit/clock.ts";
import type { OptionTable, OptionValues, PositionalTable, PositionalValues } from "./arguments/parse.ts";
import type { Output } from "./output/output.ts";
import type { Times } from "./output/times.ts";

export const exitCodes = {
  ok: 0,
  /** The run failed, or what was asked for could not be done. */
  failed: 1,
  /** The words of the command, a setting or a parameter are wrong: nothing was done. */
  usage: 2,
  /** What was named is not there. */
  notFound: 3,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface CommandContext {
  /** What was asked for: the standard output. */
  readonly out: Output;
  /** What is said beside it: the standard error. */
  readonly err: Output;
  readonly clock: Clock;
  readonly times: Times;
  /** True for JSON in place of text. */
  readonly json: boolean;
  /** Aborts at Ctrl-C, and when nobody reads the output any more. Asking for it takes the signal from the process. */
  readonly interrupt: () => AbortSignal;
  readonly settings: () => Promise<Settings>;
  /** Opens the ledger; the command closes it. */
  readonly openHost: (options?: { readonly observer?: RunObserver }) => Promise<CommandHost>;
}

export interface Example {
  /** What is written after "millrace ". */
  readonly command: string;
  readonly why: string;
}

export interface Command<Positionals extends PositionalTable, Options extends OptionTable> {
  /** A line for the list of commands. */
  readonly summary: string;
  /** Paragraphs that help shows. */
  readonly details?: readonly string[];
  readonly positionals: Positionals;
  readonly options: Options;
  readonly examples: readonly Example[];
  /** Default exit code 0. */
  run(
    input: { readonly args: PositionalValues<Positionals>; readonly options: OptionValues<Options> },
    context: CommandContext,
  ): Promise<ExitCode | undefined>;
}

export type AnyCommand = Command<PositionalTable, OptionTable>;

/** Gives a command its types. */
export function defineCommand<const Positionals extends PositionalTable, const Options extends OptionTable>(
  command: Command<Positionals, Options>,
): Command<Positionals, Options> {
  return command;
}

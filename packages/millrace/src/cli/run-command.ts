/** From the words of a command line to an exit code. */

import type { CommandHost } from "../app/command-host.ts";
import type { Settings } from "../app/settings.ts";
import { type Clock, systemClock } from "../kit/clock.ts";
import { late } from "../kit/late.ts";
import { type OptionValues, readOptions, readPositionals, sortWords } from "./arguments/parse.ts";
import { UsageProblem } from "./arguments/usage-problem.ts";
import { type AnyCommand, type CommandContext, type ExitCode, exitCodes } from "./command.ts";
import { errorObject, errorText, exitCodeOf } from "./error-text.ts";
import { findCommand } from "./find-command.ts";
import { globalOptions } from "./global-options.ts";
import { commandHelp, groupHelp } from "./help-json.ts";
import { renderCommandHelp, renderGroupHelp, usageLine } from "./help.ts";
import { type ColorChoice, createOutput, type Output } from "./output/output.ts";
import { createTimes } from "./output/times.ts";

interface Outputs {
  readonly out: Output;
  readonly err: Output;
}

/** Never rejects: what goes wrong is printed. */
export async function runCommandLine(argv: readonly string[]): Promise<ExitCode> {
  try {
    const [first, ...rest] = argv;
    const found = findCommand(first === "help" ? [...rest, "--help"] : argv);
    if (found.kind === "command") return await runFound(found.entry.path, await found.entry.load(), found.words);
    return await showGroup(found.group, found.words);
  } catch (error) {
    return tell(error, createOutputs("auto").err, { isJson: argv.includes("--json") });
  }
}

async function showGroup(group: string, words: readonly string[]): Promise<ExitCode> {
  const given = readOptions(
    globalOptions,
    sortWords(
      words.filter((word) => word !== "--version"),
      globalOptions,
    ),
  );
  const { out, err } = createOutputs(given.color ?? "auto");
  if (group === "" && words.includes("--version"))
    return runCommandLine(["version", ...(given.json ? ["--json"] : [])]);
  const isAsked = given.help || (group === "" && words.length === 0);
  if (given.json) {
    if (!isAsked) throw new UsageProblem("a command is missing", `\`millrace ${group} --help\` lists them`);
    out.json(await groupHelp(group));
    return exitCodes.ok;
  }
  (isAsked ? out : err).lines(await renderGroupHelp(group, isAsked ? out : err));
  return isAsked ? exitCodes.ok : exitCodes.usage;
}

async function runFound(path: string, command: AnyCommand, words: readonly string[]): Promise<ExitCode> {
  const usage = `usage: ${usageLine(path, command)}\n\`millrace ${path} --help\` shows its options and examples.`;
  let outputs: Outputs | null = null;
  let isJson = words.includes("--json");
  try {
    const sorted = sortWords(words, { ...command.options, ...globalOptions });
    const given = readOptions(globalOptions, sorted);
    isJson = given.json;
    const settings = late(() => readSettings(given));
    outputs = createOutputs(
      given.color ??
        (await settings().then(
          ({ color }) => color,
          (): ColorChoice => "auto",
        )),
    );
    if (given.help) {
      if (isJson) outputs.out.json(commandHelp(path, command));
      else outputs.out.lines(renderCommandHelp(path, command, outputs.out));
      return exitCodes.ok;
    }
    const options = readOptions(command.options, sorted);
    const args = readPositionals(command.positionals, sorted);
    const context = createContext(given, { ...outputs, settings });
    return (await command.run({ args, options }, context)) ?? exitCodes.ok;
  } catch (error) {
    return tell(error, (outputs ?? createOutputs("auto")).err, { isJson, usage });
  }
}

/** Made once, so that each stream is listened to once. */
const outputs = new Map<ColorChoice, Outputs>();

function createOutputs(color: ColorChoice): Outputs {
  const known = outputs.get(color);
  if (known !== undefined) return known;
  const made = {
    out: createOutput({ stream: process.stdout, color }),
    err: createOutput({ stream: process.stderr, color }),
  };
  outputs.set(color, made);
  return made;
}

type GlobalValues = OptionValues<typeof globalOptions>;

/** What the options say of where the ledger is. */
function locationOf({ home, database, profile }: GlobalValues): {
  readonly home?: string;
  readonly database?: string;
  readonly profile?: string;
} {
  return {
    ...(home === undefined ? {} : { home }),
    ...(database === undefined ? {} : { database }),
    ...(profile === undefined ? {} : { profile }),
  };
}

async function readSettings(given: GlobalValues): Promise<Settings> {
  const settings = await import("../app/settings.ts");
  return settings.readSettings(locationOf(given));
}

function createContext(
  given: GlobalValues,
  { out, err, settings }: Outputs & Pick<CommandContext, "settings">,
): CommandContext {
  const clock = systemClock;
  return {
    out,
    err,
    clock,
    times: createTimes({ style: given.utc ? "utc" : given.absolute ? "absolute" : "relative", now: () => clock.now() }),
    json: given.json,
    interrupt: () => listenForInterrupt(out),
    settings,
    openHost: async (options = {}): Promise<CommandHost> => {
      const { openCommandHost } = await import("../app/command-host.ts");
      const host = await openCommandHost({ ...locationOf(given), ...options });
      return { ...host, [Symbol.asyncDispose]: () => keepAlive(host[Symbol.asyncDispose](), clock) };
    },
  };
}

/** Threads that end keep no process alive, and their end is waited for: the process must not be gone before. */
async function keepAlive(closing: PromiseLike<void>, clock: Clock): Promise<void> {
  const timer = clock.setTimer(Number.MAX_SAFE_INTEGER, () => undefined);
  try {
    await closing;
  } finally {
    timer.cancel();
  }
}

/** From here on Ctrl-C is the command's to heed; the second one ends the process. */
function listenForInterrupt(out: Output): AbortSignal {
  const interrupt = new AbortController();
  process.on("SIGINT", () => {
    if (interrupt.signal.aborted) process.exit(exitCodes.interrupted);
    interrupt.abort();
  });
  return AbortSignal.any([interrupt.signal, out.closed]);
}

function tell(
  error: unknown,
  err: Output,
  { isJson = false, usage }: { readonly isJson?: boolean; readonly usage?: string } = {},
): ExitCode {
  if (isJson) err.jsonLine(errorObject(error));
  else
    err.line(
      errorText(error, { look: err.look, ...(error instanceof UsageProblem && usage !== undefined ? { usage } : {}) }),
    );
  return exitCodeOf(error);
}

/** The command line without a process of its own: the same words, the same ledger on disk, the same output. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WriteStream } from "node:tty";
import { afterAll, expect } from "vitest";
import { type CommandHost, openCommandHost } from "../app/command-host.ts";
import { readSettings } from "../app/settings.ts";
import type { Api } from "../contract/api.ts";
import { systemClock } from "../kit/clock.ts";
import { late } from "../kit/late.ts";
import { nameOwnSchema, type OwnSchema } from "../store/postgres/own-schema.testsuite.ts";
import { databaseUnderTest } from "../testing/ledger-under-test.testsuite.ts";
import { readOptions, readPositionals, sortWords } from "./arguments/parse.ts";
import type { CommandContext } from "./command.ts";
import { errorText, exitCodeOf } from "./error-text.ts";
import { findCommand } from "./find-command.ts";
import { globalOptions } from "./global-options.ts";
import { createOutput, type Output } from "./output/output.ts";
import { createTimes } from "./output/times.ts";

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandLine {
  readonly home: string;
  /** Where the test run has its ledgers in PostgreSQL. */
  readonly database?: string;
  readonly run: (...words: readonly string[]) => Promise<Ended>;
  /** What a command prints that does what it should. */
  readonly stdout: (...words: readonly string[]) => Promise<string>;
  /** The same, of a command with --json. */
  json<T = unknown>(...words: readonly string[]): Promise<T>;
  /** Puts what people make elsewhere into the ledger. */
  seed<T>(fill: (api: Api) => Promise<T>): Promise<T>;
}

/**
 * A ledger of its own, which is there for all tests of a file. Output is as on a terminal of 80 columns.
 *
 * @param options.between what the commands work over in place of the ledger's own Api
 */
export function createCommandLine({
  between = async (api) => api,
}: {
  readonly between?: (api: Api) => Promise<Api>;
} = {}): CommandLine {
  const home = mkdtempSync(join(tmpdir(), "millrace-commands-"));
  const database = findDatabase();
  // One for all commands: each would listen to the signals of this process, and they are many.
  const openHost = late(() => openCommandHost({ home, ...(database === null ? {} : { database: database.url }) }));
  const openBetween = late(async () => between((await openHost()).api));
  afterAll(async () => {
    await (await openHost())[Symbol.asyncDispose]();
    await database?.drop();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });

  async function run(...words: readonly string[]): Promise<Ended> {
    const out = collect();
    const err = collect();
    try {
      const code = await execute(words, {
        home,
        openHost: async () => ({ ...(await openHost()), api: await openBetween() }),
        out: out.output,
        err: err.output,
      });
      return { code, stdout: out.text(), stderr: err.text() };
    } catch (error) {
      err.output.line(errorText(error, err.output));
      return { code: exitCodeOf(error), stdout: out.text(), stderr: err.text() };
    }
  }

  async function stdout(...words: readonly string[]): Promise<string> {
    const ended = await run(...words);
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    return ended.stdout;
  }

  return {
    home,
    ...(database === null ? {} : { database: database.url }),
    run,
    stdout,
    json: async <T>(...words: readonly string[]) => JSON.parse(await stdout(...words, "--json")) as T,
    seed: async (fill) => fill((await openHost()).api),
  };
}

/** Where the test run has its ledgers in PostgreSQL; null for SQLite in the home. */
function findDatabase(): OwnSchema | null {
  const database = databaseUnderTest();
  return database === "memory" ? null : nameOwnSchema(database, "cli");
}

async function execute(
  argv: readonly string[],
  {
    home,
    openHost,
    out,
    err,
  }: {
    readonly home: string;
    readonly openHost: () => Promise<CommandHost>;
    readonly out: Output;
    readonly err: Output;
  },
): Promise<number> {
  const found = findCommand(argv);
  if (found.kind === "group") throw new Error(`\`${argv.join(" ")}\` is no command`);
  const command = await found.entry.load();
  const sorted = sortWords(found.words, { ...command.options, ...globalOptions });
  const context: CommandContext = {
    out,
    err,
    clock: systemClock,
    times: createTimes({ style: "relative", now: () => systemClock.now() }),
    json: readOptions(globalOptions, sorted).json,
    interrupt: () => new AbortController().signal,
    settings: async () => readSettings({ home }),
    openHost: async () => ({ ...(await openHost()), [Symbol.asyncDispose]: async () => undefined }),
  };
  const options = readOptions(command.options, sorted);
  const args = readPositionals(command.positionals, sorted);
  return (await command.run({ args, options }, context)) ?? 0;
}

function collect(): { readonly output: Output; readonly text: () => string } {
  const chunks: string[] = [];
  const stream = { write: (text: string) => chunks.push(text), on: () => stream, isTTY: true, columns: 80 };
  const output = createOutput({ stream: stream as unknown as WriteStream, color: "never" });
  return { output, text: () => chunks.join("") };
}

/** Programs that use the package as a user's do: found by its name, with a ledger of their own. */

import { fileURLToPath } from "node:url";
import { measureProgram, type ProgramEnd, type ProgramOptions, runProgram } from "./program.ts";

export interface MillraceProgram extends Omit<ProgramOptions, "args" | "command"> {
  /** A file of bench/programs/, by URL. */
  readonly program: URL;
  readonly args?: readonly (string | number)[];
  /** MILLRACE_HOME. */
  readonly home: string;
  /** MILLRACE_DATABASE. Default: SQLite in the home. */
  readonly database?: string;
}

/** Which file `millrace` is: built code, or sources when the conditions say so. */
export const millraceFile = fileURLToPath(import.meta.resolve("millrace"));

export function runMillrace(options: MillraceProgram): Promise<ProgramEnd> {
  return runProgram(toProgram(options));
}

/** What the program's last line says, as JSON. */
export function measureMillrace<Sample>(options: MillraceProgram): Promise<Sample> {
  return measureProgram<Sample>(toProgram(options));
}

function toProgram({ program, args = [], home, database, env, ...rest }: MillraceProgram): ProgramOptions {
  return {
    ...rest,
    args: [fileURLToPath(program), ...args.map(String)],
    env: { ...env, ...settings(home), ...(database === undefined ? {} : { MILLRACE_DATABASE: database }) },
  };
}

/** The environment of a program of Millrace: nothing of the person's own ledger, nothing printed. */
export function settings(home: string): Record<string, string> {
  return { MILLRACE_HOME: home, MILLRACE_LIVE: "off" };
}

/** Variables of the environment, and of a `.env` file beside the work. Nothing is put into the process's own environment. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { MillraceError } from "../contract/errors.ts";
import { isNodeError } from "./home-folder.ts";

/** Variables as a process has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** One variable, and where it was found. */
export interface FoundVariable {
  readonly value: string;
  readonly from: "environment" | ".env";
}

export interface Environment {
  /** The process's variable, else that of the `.env` file. */
  find(name: string): FoundVariable | undefined;
  /** That of the `.env` file, whatever the process has. */
  findInFile(name: string): string | undefined;
}

/**
 * The variables of a process, and behind them those of `.env` in a folder. The process's are looked up each time; the file
 * is read once, when a variable is first asked for that the process has not.
 */
export function createEnvironment({ own, folder }: { readonly own: Variables; readonly folder: string }): Environment {
  let file: Variables | undefined;
  function findInFile(name: string): string | undefined {
    file ??= readEnvFile(folder);
    return lookUp(file, name);
  }
  return {
    findInFile,
    find(name) {
      const value = lookUp(own, name);
      if (value !== undefined) return { value, from: "environment" };
      const second = findInFile(name);
      return second === undefined ? undefined : { value: second, from: ".env" };
    },
  };
}

/** Not what every object has, such as `toString`: the process's environment is one. */
function lookUp(variables: Variables, name: string): string | undefined {
  return Object.hasOwn(variables, name) ? variables[name] : undefined;
}

/** The variables of `.env` in a folder; none where there is no such file. @throws SETTING_INVALID when it cannot be read */
export function readEnvFile(folder: string): Variables {
  const path = join(folder, ".env");
  try {
    return parseEnv(readFileSync(path, "utf8")) as Variables;
  } catch (cause) {
    // A folder of this name is a Python environment.
    if (isNodeError(cause, "ENOENT") || isNodeError(cause, "EISDIR")) return {};
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MillraceError("SETTING_INVALID", { setting: path, reason }, { cause });
  }
}

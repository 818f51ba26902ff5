/** The `millrace` command of this repository, for the examples that need a second process; you would write `npx millrace …`. */

import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const built = fileURLToPath(new URL("../packages/millrace/dist/main.js", import.meta.url));
const source = fileURLToPath(new URL("../packages/millrace/src/cli/main.ts", import.meta.url));
const fromSource = [...process.execArgv, process.env.NODE_OPTIONS].join(" ").includes("millrace-source");

const command =
  fromSource || !existsSync(built)
    ? ["--conditions=millrace-source", "--disable-warning=ExperimentalWarning", source]
    : [built];

/** Runs `millrace …args --json` and returns what it prints. */
export async function millraceJson(...args: readonly string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [...command, ...args, "--json"], {
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(stdout);
}

/** Runs `millrace …args` in this terminal and returns its exit code. */
export function millrace(...args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    spawn(process.execPath, [...command, ...args], { stdio: "inherit" })
      .on("error", reject)
      .on("exit", (code) => resolve(code ?? 1));
  });
}

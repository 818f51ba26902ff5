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

/** Runs `millrace …args --json`, shows in this terminal how it goes, and returns what it prints in the end. */
export function watchMillraceJson(...args: readonly string[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...command, ...args, "--json"], { stdio: ["inherit", "pipe", "inherit"] });
    const printed: string[] = [];
    child.stdout.setEncoding("utf8").on("data", (text: string) => printed.push(text));
    child.on("error", reject).on("close", (code) => {
      const output = printed.join("");
      if (output === "") reject(new Error(`millrace ${args.join(" ")} ended with exit code ${code}`));
      else resolve(JSON.parse(output));
    });
  });
}

/** Runs `millrace …args` in this terminal and returns its exit code. */
export function millrace(...args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    spawn(process.execPath, [...command, ...args], { stdio: "inherit" })
      .on("error", reject)
      .on("exit", (code) => resolve(code ?? 1));
  });
}

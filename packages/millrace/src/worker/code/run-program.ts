import { execFile } from "node:child_process";
import { promisify } from "node:util";

const runFile = promisify(execFile);

/** A program that brings code may take this long, in ms. */
const timeoutMs = 600_000;
const maxOutputBytes = 2 ** 24;

/** Runs a program without a shell, and gives back what it prints. @throws Error with the last line that it says */
export async function runProgram(
  program: string,
  args: readonly string[],
  { folder, env }: { readonly folder: string; readonly env: NodeJS.ProcessEnv },
): Promise<string> {
  try {
    const options = { cwd: folder, env, timeout: timeoutMs, maxBuffer: maxOutputBytes };
    return (await runFile(program, args, options)).stdout;
  } catch (cause) {
    const { stderr = "", code } = cause as { readonly stderr?: string; readonly code?: unknown };
    const said = stderr.trim().split("\n").at(-1) ?? "";
    const why = code === "ENOENT" ? `\`${program}\` is not installed` : said === "" ? (cause as Error).message : said;
    throw new Error(`${program} ${args[0] ?? ""}: ${why}`, { cause });
  }
}

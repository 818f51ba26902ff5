import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "./run-program.ts";

const mark = "node_modules/.millrace-installed";

/** `npm ci` in a folder, once. */
export async function installPackages(
  folder: string,
  { env, timeoutMs }: { readonly env: NodeJS.ProcessEnv; readonly timeoutMs: number | null },
): Promise<void> {
  if (existsSync(join(folder, mark))) return;
  const timeout = timeoutMs === null ? {} : { timeoutMs };
  await runProgram("npm", ["ci", "--no-audit", "--no-fund"], { folder, env, ...timeout });
  writeFileSync(join(folder, mark), "");
}

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "./run-program.ts";

const mark = "node_modules/.millrace-installed";

/** `npm ci` in a folder, once. */
export async function installPackages(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (existsSync(join(folder, mark))) return;
  await runProgram("npm", ["ci", "--no-audit", "--no-fund"], { folder, env });
  writeFileSync(join(folder, mark), "");
}

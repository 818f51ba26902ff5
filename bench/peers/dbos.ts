/** DBOS Transact from npm, in a folder of its own: no dependency of this repository. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { measureProgram, runProgram } from "../kit/program.ts";
import { type Peer, peerFolder } from "../../tools/peer-folder.ts";

export const dbosVersion = "5.3.0";

const program = fileURLToPath(new URL("./dbos-steps.ts", import.meta.url));

export interface Dbos {
  /** Runs bench/peers/dbos-steps.ts over a database; ms of its work. */
  readonly measure: (database: string, kind: string, count: number) => Promise<number>;
}

export async function findDbos(): Promise<Peer<Dbos>> {
  const folder = await peerFolder(`dbos-${dbosVersion}`, async (path) => {
    writeFileSync(join(path, "package.json"), JSON.stringify({ name: "peer", version: "0.0.0", private: true }));
    const quiet = ["--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts"];
    const install = ["install", "--prefix", path, ...quiet, `@dbos-inc/dbos-sdk@${dbosVersion}`];
    await runProgram({ command: "npm", args: install });
  });
  if ("skipped" in folder) return folder;
  return {
    measure: async (database, kind, count) => {
      const args = [program, folder.path, database, kind, String(count)];
      return (await measureProgram<{ ms: number }>({ args })).ms;
    },
  };
}

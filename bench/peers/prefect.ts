/** Prefect 3 from PyPI, in a virtual environment of its own. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ProgramEnd, runProgram } from "../kit/program.ts";
import { type Peer, peerFolder } from "./peer-folder.ts";

export const prefectVersion = "3.9.1";

const flows = fileURLToPath(new URL("./prefect-flows.py", import.meta.url));

export interface Prefect {
  /** Runs bench/peers/prefect-flows.py; its last line, and the wall time of its process. */
  readonly run: (home: string, ...args: readonly (string | number)[]) => Promise<ProgramEnd>;
}

export async function findPrefect(): Promise<Peer<Prefect>> {
  const folder = await peerFolder(`prefect-${prefectVersion}`, async (path) => {
    await runProgram({ command: "python3", args: ["-m", "venv", path] });
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `prefect==${prefectVersion}`];
    await runProgram({ command: join(path, "bin/python"), args: pip, limitMs: 600_000 });
  });
  if ("skipped" in folder) return folder;
  const command = join(folder.path, "bin/python");
  return {
    run: (home, ...args) => runProgram({ command, args: [flows, ...args.map(String)], env: environment(home) }),
  };
}

/**
 * As it is used without a server: each process starts an embedded one, over SQLite in its home. What it can do without is
 * off: lines on the terminal below a warning, and telemetry.
 */
function environment(home: string): Record<string, string> {
  return {
    PREFECT_HOME: home,
    PREFECT_SERVER_ALLOW_EPHEMERAL_MODE: "true",
    PREFECT_LOGGING_LEVEL: "WARNING",
    PREFECT_SERVER_ANALYTICS_ENABLED: "false",
    DO_NOT_TRACK: "1",
  };
}

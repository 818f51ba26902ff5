/** Prefect 3 from PyPI, running the flows of prefect-flows.py. */

import { fileURLToPath } from "node:url";
import type { Peer } from "../../tools/peer-folder.ts";
import { findPrefectVenv, type PrefectVenv } from "../../tools/prefect-venv.ts";
import { type ProgramEnd, runProgram } from "../kit/program.ts";

const flows = fileURLToPath(new URL("./prefect-flows.py", import.meta.url));

export interface Prefect {
  readonly venv: PrefectVenv;
  /**
   * Runs bench/peers/prefect-flows.py as it is used without a server: each process starts an embedded one, over SQLite in
   * its home. Its last line, and the wall time of its process.
   */
  readonly run: (home: string, ...args: readonly (string | number)[]) => Promise<ProgramEnd>;
  /** Runs it with a server that is there already. */
  readonly runAgainst: (
    server: { readonly apiUrl: string; readonly home: string },
    ...args: readonly (string | number)[]
  ) => Promise<ProgramEnd>;
}

export async function findPrefect(): Promise<Peer<Prefect>> {
  const venv = await findPrefectVenv();
  if ("skipped" in venv) return venv;
  const run = (env: Record<string, string>, args: readonly (string | number)[]): Promise<ProgramEnd> =>
    runProgram({ command: venv.python, args: [flows, ...args.map(String)], env });
  return {
    venv,
    run: (home, ...args) => run({ ...withoutTelemetry(home), PREFECT_SERVER_ALLOW_EPHEMERAL_MODE: "true" }, args),
    runAgainst: ({ apiUrl, home }, ...args) => run({ ...withoutTelemetry(home), PREFECT_API_URL: apiUrl }, args),
  };
}

/** What Prefect can do without is off: lines on the terminal below a warning, and telemetry. */
export function withoutTelemetry(home: string): Record<string, string> {
  return {
    PREFECT_HOME: home,
    PREFECT_LOGGING_LEVEL: "WARNING",
    PREFECT_SERVER_ANALYTICS_ENABLED: "false",
    DO_NOT_TRACK: "1",
  };
}

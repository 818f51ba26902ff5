import { execFile } from "node:child_process";
import { promisify } from "node:util";

export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
}

/** Runs Node on a file of the repository, against the sources and a ledger of its own, to its end. */
export async function runNode(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  const options = {
    env: { ...process.env, MILLRACE_LIVE: "off", ...env, NODE_OPTIONS: "--conditions=millrace-source" },
    maxBuffer: 2 ** 26,
    timeout: 100_000,
  };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, options);
    return { stdout, stderr, exitCode: 0 };
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout: string; stderr: string; code: number | string | null };
    if (typeof code === "string") throw error;
    return { stdout, stderr, exitCode: code };
  }
}

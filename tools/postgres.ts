// A throw-away PostgreSQL for tests and benchmarks. `node tools/postgres.ts` starts one, prints its URL, and stops it on Ctrl-C.
//
// The server is told by MILLRACE_TEST_POSTGRES_URL, or made here from the machine's PostgreSQL programs.
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ClusterOptions,
  createPostgresCluster,
  findPostgresPrograms,
  folderPrefix,
  noPostgres,
} from "./postgres-cluster.ts";

export type TestPostgres =
  | { readonly url: string; readonly stop: () => Promise<void> }
  /** Why there is none, in words for the person who runs the tests. */
  | { readonly reason: string };

/** Between finding a free port and using it, another process can take it. */
const startAttempts = 3;

/** @param options of the one that is made here */
export async function startPostgres(options: Pick<ClusterOptions, "fsync"> = {}): Promise<TestPostgres> {
  const given = process.env.MILLRACE_TEST_POSTGRES_URL;
  if (given) return { url: given, stop: async () => {} };
  const programs = findPostgresPrograms();
  if (programs === undefined) return { reason: noPostgres };
  sweep();
  for (let attempt = 1; attempt <= startAttempts; attempt += 1) {
    const cluster = await createPostgresCluster(programs, options);
    if (await cluster.start()) return { url: cluster.url, stop: () => cluster.remove() };
    await cluster.remove();
  }
  throw new Error("PostgreSQL did not start; its messages are above.");
}

/** Clusters left behind by a run whose guard was killed too: stopped and deleted. */
function sweep(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(folderPrefix))) {
    const folder = join(tmpdir(), name);
    try {
      if (isAlive(Number(readFileSync(join(folder, "owner"), "utf8")))) continue;
      const pidFile = join(folder, "data", "postmaster.pid");
      const server = existsSync(pidFile) ? Number(readFileSync(pidFile, "utf8").split("\n")[0]) : 0;
      // The id may be another's by now, so its command line must name the folder.
      const commandLine = `/proc/${server}/cmdline`;
      const isServer = existsSync(commandLine) && readFileSync(commandLine, "utf8").includes(folder);
      if (isServer) process.kill(server, "SIGQUIT");
      // A server that was just told to stop may still write a file or two.
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    } catch {
      // Another person's, or gone in this moment: not ours to tidy.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  // A process that ended and that nobody waited for still has its id.
  const status = `/proc/${pid}/status`;
  return !existsSync(status) || !readFileSync(status, "utf8").includes("State:\tZ");
}

if (import.meta.main) {
  const postgres = await startPostgres();
  if ("reason" in postgres) {
    process.stderr.write(`${postgres.reason}\n`);
    process.exit(1);
  }
  process.stdout.write(`${postgres.url}\n`);
  process.once("SIGINT", () => void postgres.stop().then(() => process.exit(0)));
  process.once("SIGTERM", () => void postgres.stop().then(() => process.exit(0)));
}

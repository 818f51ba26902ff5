// A PostgreSQL of one's own: a new cluster in a temporary folder, on a free loopback port, with a random password. It ends, and
// its folder goes, with the process that made it, however that ends.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { findFreePort } from "./free-port.ts";
import { installPackages } from "./install-packages.ts";

export interface PostgresCluster {
  readonly url: string;
  /** Resolves when it answers, or to false when it does not: another process may have taken its port. */
  start(): Promise<boolean>;
  /** Ends it at once, as a crash does: nobody is told, and nothing is written back. What was committed is there after `start`. */
  crash(): Promise<void>;
  /** Ends it, and deletes it. */
  remove(): Promise<void>;
}

export const folderPrefix = "millrace-postgres-";
const startLimitMs = 30_000;

export const noPostgres =
  "no PostgreSQL found. Install Debian's package postgresql, name a server in MILLRACE_TEST_POSTGRES_URL, " +
  "or as root set MILLRACE_INSTALL=1 to have the package installed.";

/** The folder with initdb and postgres of the newest version here, installed if need be and allowed. */
export function findPostgresPrograms(): string | undefined {
  return findPrograms() ?? (installPackages(["postgresql"]) ? findPrograms() : undefined);
}

function findPrograms(): string | undefined {
  const debian = globSync("/usr/lib/postgresql/*/bin").sort((a, b) => versionOf(b) - versionOf(a));
  const others = (process.env.PATH ?? "").split(":");
  return [...debian, ...others].find(
    (folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")),
  );
}

function versionOf(folder: string): number {
  return Number(/postgresql\/([\d.]+)/.exec(folder)?.[1] ?? 0);
}

interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** PostgreSQL refuses to run as root, so root starts it as the user that its package made. */
function serverAccount(): Account {
  if (process.getuid?.() !== 0) return {};
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of ["postgres", "nobody"]) {
    const fields = lines.find((line) => line.startsWith(`${name}:`))?.split(":");
    if (fields !== undefined) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new Error("PostgreSQL cannot run as root, and there is no user postgres or nobody to run it as.");
}

export interface ClusterOptions {
  /** Whether its clients are cut off on purpose: then it does not tell of them. Default: no. */
  readonly isToCrash?: boolean;
  /**
   * Whether a commit waits for the disk. Default: yes. Without it what is committed outlives every death of a process, the
   * server's own too, and no loss of power; all is sooner, a schema that is made or dropped ten times.
   */
  readonly fsync?: boolean;
}

/** @param programs what `findPostgresPrograms` found */
export async function createPostgresCluster(
  programs: string,
  { isToCrash = false, fsync = true }: ClusterOptions = {},
): Promise<PostgresCluster> {
  const account = serverAccount();
  const folder = mkdtempSync(join(tmpdir(), folderPrefix));
  const data = join(folder, "data");
  const passwordFile = join(folder, "password");
  const password = randomBytes(18).toString("hex");
  writeFileSync(join(folder, "owner"), String(process.pid));
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account.uid !== undefined && account.gid !== undefined) {
    for (const path of [folder, passwordFile]) chownSync(path, account.uid, account.gid);
  }
  const names = ["--username=millrace", "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
  const options = ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"];
  await promisify(execFile)(join(programs, "initdb"), [`--pgdata=${data}`, ...names, ...options], {
    cwd: folder,
    ...account,
  });
  const port = await findFreePort();
  const crashed = join(folder, crashedFile);
  let server: ChildProcess | null = null;

  async function stop(): Promise<void> {
    if (server !== null) await stopServer(server);
    server = null;
  }

  return {
    url: `postgres://millrace:${password}@127.0.0.1:${port}/postgres`,
    async start() {
      rmSync(crashed, { force: true });
      const leastLevel = isToCrash ? "panic" : "fatal";
      server = spawnServer({ programs, folder, data, port, account, leastLevel, fsync });
      return isReady(server, data);
    },
    async crash() {
      writeFileSync(crashed, "");
      await stop();
      // So that the next one does not seem ready by its word.
      rmSync(join(data, "postmaster.pid"), { force: true });
    },
    async remove() {
      await stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

interface ServerOptions {
  readonly programs: string;
  readonly folder: string;
  readonly data: string;
  readonly port: number;
  readonly account: Account;
  /** What it tells of on standard error. */
  readonly leastLevel: "fatal" | "panic";
  readonly fsync: boolean;
}

/** The folder of a cluster that is to be started again has this file in it. */
const crashedFile = "crashed";

// A shell stands between us and the server: it reads a pipe of which we hold the other end. However we end, kill -9
// included, the pipe closes, and the shell stops the server at once and deletes the cluster.
const guardScript = `
folder=$1; shift
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
(read -r _ <&3; kill -QUIT $server 2>/dev/null) &
wait $server
[ -e "$folder/${crashedFile}" ] || rm -rf "$folder"
`;

function spawnServer({ programs, folder, data, port, account, leastLevel, fsync }: ServerOptions): ChildProcess {
  const settings = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    ...(fsync ? ["fsync=on"] : ["fsync=off", "full_page_writes=off"]),
    `log_min_messages=${leastLevel}`,
  ].flatMap((setting) => ["-c", setting]);
  const server = [join(programs, "postgres"), "-D", data, "-p", String(port), ...settings];
  return spawn("/bin/sh", ["-c", guardScript, "sh", folder, ...server], {
    ...account,
    cwd: folder,
    // Out of the terminal's process group: Ctrl-C reaches us first, and we stop it.
    detached: true,
    stdio: ["pipe", "ignore", "inherit"],
  });
}

async function isReady(server: ChildProcess, data: string): Promise<boolean> {
  const deadline = performance.now() + startLimitMs;
  while (server.exitCode === null && performance.now() < deadline) {
    if (statusLine(data) === "ready") return true;
    await sleep(20);
  }
  return false;
}

/** Line 8 of postmaster.pid is the server's own word on how far it is. */
function statusLine(data: string): string | undefined {
  const file = join(data, "postmaster.pid");
  return existsSync(file) ? readFileSync(file, "utf8").split("\n")[7]?.trim() : undefined;
}

async function stopServer(server: ChildProcess): Promise<void> {
  const hasEnded = server.exitCode !== null || server.signalCode !== null;
  const ended = hasEnded ? undefined : new Promise((resolve) => server.once("exit", resolve));
  server.stdin?.end();
  await ended;
}

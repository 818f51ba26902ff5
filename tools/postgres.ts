// A throw-away PostgreSQL for tests and benchmarks. `node tools/postgres.ts` starts one, prints its URL, and stops it on Ctrl-C.
//
// The server is told by MILLRACE_TEST_POSTGRES_URL, or made here from the machine's PostgreSQL programs: a new cluster in
// a temporary folder, on a free loopback port, with a random password, and with fsync on, because what we test is durability.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chownSync,
  existsSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { findFreePort } from "./free-port.ts";
import { installPackages } from "./install-packages.ts";

export type TestPostgres =
  | { readonly url: string; readonly stop: () => Promise<void> }
  /** Why there is none, in words for the person who runs the tests. */
  | { readonly reason: string };

const folderPrefix = "millrace-postgres-";
const startLimitMs = 30_000;
/** Between finding a free port and using it, another process can take it. */
const startAttempts = 3;

export async function startPostgres(): Promise<TestPostgres> {
  const given = process.env.MILLRACE_TEST_POSTGRES_URL;
  if (given) return { url: given, stop: async () => {} };
  const programs = findPrograms() ?? installPrograms();
  if (programs === undefined) {
    return {
      reason:
        "no PostgreSQL found. Install Debian's package postgresql, name a server in MILLRACE_TEST_POSTGRES_URL, " +
        "or as root set MILLRACE_INSTALL=1 to have the package installed.",
    };
  }
  sweep();
  for (let attempt = 1; attempt <= startAttempts; attempt += 1) {
    const cluster = await startCluster(programs);
    if (cluster !== undefined) return cluster;
  }
  throw new Error("PostgreSQL did not start; its messages are above.");
}

/** The folder with initdb and postgres of the newest version here. */
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

function installPrograms(): string | undefined {
  return installPackages(["postgresql"]) ? findPrograms() : undefined;
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

async function startCluster(programs: string): Promise<TestPostgres | undefined> {
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
  const server = spawnServer({ programs, folder, data, port, account });
  if (await isReady(server, data)) {
    return { url: `postgres://millrace:${password}@127.0.0.1:${port}/postgres`, stop: () => stopServer(server) };
  }
  await stopServer(server);
  return undefined;
}

interface ServerOptions {
  readonly programs: string;
  readonly folder: string;
  readonly data: string;
  readonly port: number;
  readonly account: Account;
}

// A shell stands between us and the server: it reads a pipe of which we hold the other end. However we end, kill -9
// included, the pipe closes, and the shell stops the server at once and deletes the cluster.
const guardScript = `
folder=$1; shift
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
(read -r _ <&3; kill -QUIT $server 2>/dev/null) &
wait $server
rm -rf "$folder"
`;

function spawnServer({ programs, folder, data, port, account }: ServerOptions): ChildProcess {
  const settings = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    "fsync=on",
    "log_min_messages=fatal",
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

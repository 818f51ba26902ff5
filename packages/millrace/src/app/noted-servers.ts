/**
 * Which servers work over the ledger of a home folder: each leaves a note in `servers` of it, by which `millrace server stop`
 * finds its process. A note of a process that is gone is no server, and is taken away by whoever sees it.
 */

import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isMillraceError } from "../contract/errors.ts";
import { isSameProcessAlive, type ProcessIdentity, readProcessIdentity } from "../kit/process-identity.ts";
import { isNodeError, replacePrivateFile } from "./home-folder.ts";

export interface NotedServer {
  readonly url: string;
  readonly process: ProcessIdentity;
}

/** What is left of a server when it ends. Where no note can be left, nobody finds it so, and it works all the same. */
export function noteServer(home: string, url: string): { remove(): void } {
  const process = readProcessIdentity();
  const path = join(home, "servers", `${process.pid}.json`);
  try {
    replacePrivateFile(path, JSON.stringify({ url, process } satisfies NotedServer));
  } catch (error) {
    if (!isMillraceError(error, "LEDGER_UNWRITABLE")) throw error;
    return { remove: () => undefined };
  }
  return { remove: () => rmSync(path, { force: true }) };
}

/** Those of this machine that run, the oldest note first. */
export function findServers(home: string): readonly NotedServer[] {
  const folder = join(home, "servers");
  return readNames(folder).flatMap((name) => {
    const path = join(folder, name);
    const server = readNote(path);
    if (server === null) return [];
    const liveness = isSameProcessAlive(server.process);
    if (liveness === "dead") rmSync(path, { force: true });
    // One of another machine that shares the folder is for that machine to stop.
    return liveness === "alive" ? [server] : [];
  });
}

function readNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d+\.json$/.test(name))
      .sort();
  } catch (error) {
    if (isNodeError(error, "ENOENT") || isNodeError(error, "ENOTDIR")) return [];
    throw error;
  }
}

/** Null for what is no note, or has just been taken away. */
function readNote(path: string): NotedServer | null {
  try {
    const note = JSON.parse(readFileSync(path, "utf8")) as Partial<NotedServer> | null;
    const { url, process } = note ?? {};
    return typeof url === "string" && Number.isSafeInteger(process?.pid) && process !== undefined
      ? { url, process }
      : null;
  } catch (error) {
    if (error instanceof SyntaxError || isNodeError(error, "ENOENT")) return null;
    throw error;
  }
}

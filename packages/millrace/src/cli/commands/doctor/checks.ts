/** What may be wrong with an installation and its ledger; each check says what it has found. */

import { accessSync, constants, existsSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CommandHost } from "../../../app/command-host.ts";
import type { Settings } from "../../../app/settings.ts";
import type { Clock } from "../../../kit/clock.ts";
import { formatDuration } from "../../../kit/duration.ts";
import { shortId } from "../../../kit/ids.ts";
import { findLastSeq } from "../../../contract/last-event.ts";
import { askReadiness } from "../server/status.ts";
import { formatBytes, plural } from "../../output/numbers.ts";

export interface Finding {
  readonly name: string;
  readonly status: "ok" | "warning" | "problem";
  /** What was found. */
  readonly detail: string;
  /** What to do; null where nothing is to be done. */
  readonly fix: string | null;
}

const leastNode = 24;
const problemBytes = 100 * 2 ** 20;
const warningBytes = 2 ** 30;
/** Of the disk. */
const warningShare = 0.1;
/** Clocks of one machine and its file system differ by less. In ms. */
const maxSkewMs = 5000;

function ok(name: string, detail: string): Finding {
  return { name, status: "ok", detail, fix: null };
}

export function checkNode(version: string): Finding {
  const name = "Node";
  const isOld = Number.parseInt(version, 10) < leastNode;
  if (!isOld) return ok(name, version);
  return { name, status: "problem", detail: `${version} is too old`, fix: `install Node ${leastNode} or newer` };
}

/** Also looks whether the clock of the file system agrees with this machine's. */
export function checkHome({ home }: Settings, clock: Clock): readonly Finding[] {
  const name = "Home";
  if (!existsSync(home)) {
    const parent = nearestThere(home);
    if (isWritable(parent)) return [ok(name, `${home} is made when something is recorded`)];
    return [{ name, status: "problem", detail: `${home} cannot be made in ${parent}`, fix: "set MILLRACE_HOME" }];
  }
  const probe = join(home, `doctor-${shortId()}.tmp`);
  try {
    writeFileSync(probe, "");
    const skewMs = Math.abs(statSync(probe).mtimeMs - clock.now());
    return [checkMode(home), checkSkew(skewMs)];
  } catch (error) {
    const detail = `${home} is not writable: ${error instanceof Error ? error.message : String(error)}`;
    return [{ name, status: "problem", detail, fix: "make it writable, or set MILLRACE_HOME" }];
  } finally {
    rmSync(probe, { force: true });
  }
}

function checkMode(home: string): Finding {
  const isOpen = process.platform !== "win32" && (statSync(home).mode & 0o077) !== 0;
  if (!isOpen) return ok("Home", home);
  const detail = `${home} can be read by others`;
  return { name: "Home", status: "warning", detail, fix: `chmod 700 ${home}` };
}

function checkSkew(skewMs: number): Finding {
  if (skewMs <= maxSkewMs) return ok("Clock", "agrees with the file system's");
  const detail = `differs from the file system's by ${formatDuration(skewMs)}`;
  return { name: "Clock", status: "warning", detail, fix: "set the clocks of both by NTP" };
}

function nearestThere(folder: string): string {
  return existsSync(folder) ? folder : nearestThere(dirname(folder));
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return statSync(folder).isDirectory();
  } catch {
    return false;
  }
}

export function checkDisk({ home }: Settings): Finding {
  const { bavail, blocks, bsize } = statfsSync(nearestThere(home));
  const free = bavail * bsize;
  const share = blocks === 0 ? 1 : bavail / blocks;
  const detail = `${formatBytes(free)} free, ${Math.floor(share * 100)} %`;
  if (free >= warningBytes && share >= warningShare) return ok("Disk", detail);
  const status = free < problemBytes ? "problem" : "warning";
  return { name: "Disk", status, detail, fix: "free some space, or move the home with MILLRACE_HOME" };
}

/** Whether there is no ledger yet, but will be one in the home's folder. */
export async function isToBeMade(settings: Settings): Promise<boolean> {
  const { serverUrl } = await import("../../../app/open-ledger.ts");
  const { ledgerPath } = await import("../../../app/open-store.ts");
  return settings.database === null && serverUrl(settings) === null && !existsSync(ledgerPath(settings.home));
}

export const ledgerToBeMade: Finding = ok("Ledger", "there is none yet: it is made when something is recorded");

/** Whether the server that keeps the ledger says of itself that it does well. */
export async function checkServer(serverUrl: string): Promise<Finding> {
  const name = "Server";
  const { isReady, reason } = await askReadiness(serverUrl.replace(/\/$/, ""));
  if (isReady) return ok(name, "it is ready");
  return {
    name,
    status: "problem",
    detail: `it is not ready: ${reason}`,
    fix: "look at what it prints, and at its /v1/status",
  };
}

/** The ledger's own checks, and what they say of its size. */
export async function checkLedger(host: CommandHost): Promise<Finding> {
  const name = "Ledger";
  const { settings, schemaVersion, serverUrl } = host;
  if (serverUrl !== null) return ok(name, `kept by the server at ${serverUrl}`);
  const findings = await host.check();
  if (findings.length > 0) {
    const detail = `damaged: ${findings.slice(0, 3).join("; ")}`;
    return { name, status: "problem", detail, fix: "millrace ledger restore puts a backup in its place" };
  }
  const where = settings.database === null ? `SQLite, ${formatBytes(fileBytes(settings.home))}` : "PostgreSQL";
  return ok(name, `sound, ${where}, schema ${schemaVersion}`);
}

function fileBytes(home: string): number {
  const files = ["ledger.db", "ledger.db-wal"].map((file) => join(home, file));
  return files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** Events of the future mean that a clock was set back, or that another machine's is wrong. */
export async function checkLedgerTime({ api }: CommandHost, clock: Clock): Promise<Finding> {
  const name = "Times";
  const last = await findLastSeq(api);
  const [event] = (await api.listEvents({ afterSeq: Math.max(0, last - 1) }, { limit: 1 })).items;
  const aheadMs = event === undefined ? 0 : event.at - clock.now();
  if (aheadMs <= maxSkewMs) return ok(name, "the newest event is not of the future");
  const detail = `the newest event is ${formatDuration(aheadMs)} ahead of this clock`;
  return { name, status: "warning", detail, fix: "set the clocks of all machines that write to it by NTP" };
}

/** Opening the ledger has ended the runs of processes that are gone. */
export async function checkRuns({ api }: CommandHost): Promise<Finding> {
  const name = "Runs";
  const counts = await api.countFlowRuns({});
  const running = (counts.RUNNING ?? 0) + (counts.PAUSED ?? 0) + (counts.CANCELLING ?? 0);
  const crashed = counts.CRASHED ?? 0;
  const detail = `${plural(running, "run")} under way, none of a dead process`;
  if (crashed === 0) return ok(name, detail);
  return { name, status: "ok", detail, fix: `${plural(crashed, "run")} crashed: millrace flow-run ls --state CRASHED` };
}

/** Whether the secrets can be opened with the key that is here. */
export async function checkSecrets(host: CommandHost): Promise<Finding> {
  const name = "Secrets";
  const secrets = await host.api.listSecrets();
  const [first] = secrets;
  const sealed = first === undefined ? null : await host.api.readSecret(first.name);
  if (first === undefined || sealed === null) return ok(name, "there are none");
  try {
    await (await host.vault()).open(first.name, sealed.sealed);
    if (await hasSeveralKeys(host.settings)) {
      const detail = "the key's file holds several keys: a rotation has not ended";
      return { name, status: "warning", detail, fix: "millrace secret rotate-key goes on with it" };
    }
    return ok(name, `${plural(secrets.length, "secret")}, and the key opens them`);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { name, status: "problem", detail, fix: "restore the key file, or set the secrets again" };
  }
}

async function hasSeveralKeys({ home, secretsKey }: Settings): Promise<boolean> {
  const { keyPath, readKeyFile } = await import("../../../app/vault-key.ts");
  return secretsKey === null && (readKeyFile(keyPath(home))?.length ?? 0) > 1;
}

/** Which process is it, beyond its pid: pids are used again after a process ends, a machine boots, or in each container. */

import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

export interface ProcessIdentity {
  readonly host: string;
  /** The boot of the machine and, on Linux, the pid namespace; null where the platform tells none. */
  readonly bootId: string | null;
  readonly pid: number;
  /** When the process started, in the platform's own words; null where it does not say. */
  readonly startToken: string | null;
}

/** "unknown": another machine, boot or container, of which nothing can be seen from here; or a platform that does not say. */
export type Liveness = "alive" | "dead" | "unknown";

interface Start {
  readonly token: string;
  /** A zombie: it has ended, and its parent has not yet asked how. */
  readonly hasEnded: boolean;
}

/** What a platform tells of the processes on it. */
interface Platform {
  readBootId(): string | null;
  /** Null when it does not say. */
  readStart(pid: number): Start | null;
}

const linux: Platform = {
  readBootId() {
    try {
      const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
      return `${boot}/${readlinkSync("/proc/self/ns/pid")}`;
    } catch {
      // A sandbox without /proc.
      return null;
    }
  },
  readStart(pid) {
    let stat: string;
    try {
      stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    } catch {
      // Gone, or the process of another user on a system that hides those: a signal tells which.
      return null;
    }
    // proc(5): "pid (name) state …". The name may hold blanks and parentheses. The start is field 22, in clock ticks
    // since the boot.
    const [state = "", ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const token = fields[18];
    return token === undefined ? null : { token, hasEnded: /[ZXx]/.test(state) };
  },
};

const macos: Platform = {
  readBootId: () => printedBy("/usr/sbin/sysctl", ["-n", "kern.bootsessionuuid"]),
  readStart(pid) {
    const printed = printedBy("/bin/ps", ["-o", "state=,lstart=", "-p", String(pid)]);
    const [, state, token] = /^(\S+)\s+(.*)$/.exec(printed ?? "") ?? [];
    return state === undefined || token === undefined ? null : { token, hasEnded: state.startsWith("Z") };
  },
};

/** A platform that tells nothing: only a pid that nobody has is known to be dead. */
const other: Platform = { readBootId: () => null, readStart: () => null };

const platform = process.platform === "linux" ? linux : process.platform === "darwin" ? macos : other;

/** What a command prints, in the same words whatever the language and zone of the caller; null when it fails. */
function printedBy(command: string, args: readonly string[]): string | null {
  try {
    const env = { LC_ALL: "C", TZ: "UTC" };
    const printed = execFileSync(command, args, { encoding: "utf8", env, stdio: ["ignore", "pipe", "ignore"] }).trim();
    return printed === "" ? null : printed;
  } catch {
    return null;
  }
}

/** Another process of this machine, such as a child. `startToken` is null for one that is gone. */
export function identifyProcess(pid: number): ProcessIdentity {
  return { ...readProcessIdentity(), pid, startToken: platform.readStart(pid)?.token ?? null };
}

let own: ProcessIdentity | undefined;

/** This process. Read once: under 1 ms on Linux, two child processes on macOS. */
export function readProcessIdentity(): ProcessIdentity {
  own ??= {
    host: hostname(),
    bootId: platform.readBootId(),
    pid: process.pid,
    startToken: platform.readStart(process.pid)?.token ?? null,
  };
  return own;
}

/**
 * Whether the process with this identity still runs. Of another host, boot or pid namespace it is "unknown", as it is where
 * the pid is taken and nothing tells since when.
 */
export function isSameProcessAlive(identity: ProcessIdentity): Liveness {
  const here = readProcessIdentity();
  if (identity.host !== here.host || identity.bootId !== here.bootId) return "unknown";
  const start = platform.readStart(identity.pid);
  if (start?.hasEnded === true || !isPidTaken(identity.pid)) return "dead";
  if (start === null || identity.startToken === null) return "unknown";
  return start.token === identity.startToken ? "alive" : "dead";
}

/** Whether there is any process of this id in what this one sees. */
export function isPidTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

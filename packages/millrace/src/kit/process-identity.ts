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

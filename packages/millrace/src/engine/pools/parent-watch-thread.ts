/**
 * Ends a process of a pool whose parent is no more, also while a body blocks its event loop. (On Windows a process keeps
 * the id of its dead parent: there only the closed channel tells, once the loop is free.) With it goes what it has started.
 */

import { workerData } from "node:worker_threads";
import { killStarted } from "../../kit/started-processes.ts";

const intervalMs = 500;
const parent = process.ppid;
/** What it has started is known by that, where it was given one. */
const mark = workerData as string | null;

setInterval(() => {
  if (process.ppid === parent) return;
  killStarted({ pid: process.pid, mark });
  process.kill(process.pid, "SIGKILL");
}, intervalMs);

/**
 * Ends a process of a pool whose parent is no more, also while a body blocks its event loop. (On Windows a process keeps
 * the id of its dead parent: there only the closed channel tells, once the loop is free.)
 */

const intervalMs = 500;
const parent = process.ppid;

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
}, intervalMs);

/** Where a process of a pool starts. */

import { serialize } from "node:v8";
import { Worker } from "node:worker_threads";
import type { FromWorker, ToWorker } from "./messages.ts";
import { serveBodies } from "./serve-bodies.ts";

new Worker(new URL("./parent-watch-thread.ts", import.meta.url), {
  name: "millrace-parent-watch",
  argv: [],
  execArgv: [],
}).unref();

const send = (message: FromWorker, then?: () => void): void => {
  if (process.send === undefined) throw new Error("This file is started by a pool, as a child process");
  process.send(message, undefined, undefined, then);
};

const receive = serveBodies({
  runner: "process",
  clone: serialize,
  // Nothing is handed over between processes: all is copied.
  post: (message) => send(message),
  postLast: (message) => send(message, () => process.exit(1)),
});
process.on("message", (message) => receive(message as ToWorker));
// The flow's process is no more, whatever ended it.
process.on("disconnect", () => process.exit(1));
// A terminal's interrupt reaches every process of its group; the flow's process decides what it means for the bodies.
process.on("SIGINT", () => undefined);

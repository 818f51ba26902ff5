/** Where a thread of a pool starts. */

import { parentPort } from "node:worker_threads";
import type { ToWorker } from "./messages.ts";
import { serveBodies } from "./serve-bodies.ts";

const port = parentPort;
if (port === null) throw new Error("This file is started by a pool, as a worker thread");

const receive = serveBodies({
  runner: "thread",
  clone: structuredClone,
  post: (message, transfer) => port.postMessage(message, transfer),
  postLast: (message) => {
    port.postMessage(message);
    process.exit(1);
  },
});
port.on("message", (message: ToWorker) => receive(message));
port.on("messageerror", (error) => {
  throw error;
});

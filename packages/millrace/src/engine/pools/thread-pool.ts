import { Worker } from "node:worker_threads";
import type { BodyPool } from "../../contract/pools.ts";
import type { FromWorker } from "./messages.ts";
import { inheritedOptions } from "./node-options.ts";
import { Pool, type PoolOptions } from "./pool.ts";
import { StderrTail } from "./stderr-tail.ts";
import type { WorkerHandle, WorkerKind, WorkerListener } from "./worker-kind.ts";

/** Bodies in worker threads. A native crash in one ends the whole process; a blocked one can be ended. */
export function createThreadPool(options: PoolOptions = {}): BodyPool {
  const { maxHeapMb } = options;
  return new Pool(
    {
      kind: "threads",
      clone: structuredClone,
      start: (listener) => startThread(listener, maxHeapMb),
    } satisfies WorkerKind,
    options,
  );
}

function startThread(listener: WorkerListener, maxHeapMb: number | undefined): WorkerHandle {
  const worker = new Worker(new URL("./body-thread.ts", import.meta.url), {
    name: "millrace-body",
    // What a module reads of its command line is the same here as in the flow's process.
    argv: process.argv.slice(2),
    // Left to itself a thread takes all options, also those that it must not be given by name.
    ...(process.execArgv.some((option) => option.startsWith("--input-type"))
      ? { execArgv: inheritedOptions(process.execArgv) }
      : {}),
    ...(maxHeapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } }),
  });
  // Node passes it on to ours; to take that over would keep the process alive as long as the thread.
  const stderr = new StderrTail(worker.stderr);
  let failure: unknown;
  worker.on("message", (message: FromWorker) => listener.onMessage(message));
  worker.on("error", (error) => {
    failure = error;
  });
  // A message that cannot be read here was meant for a call that would wait for ever.
  worker.on("messageerror", (error) => {
    failure = error;
    void worker.terminate();
  });
  worker.once("exit", (code) => {
    void stderr.read().then((text) => listener.onGone({ code, signal: null, error: failure, stderr: text }));
  });
  return {
    post: (message) => worker.postMessage(message),
    kill: () => void worker.terminate(),
    hold: () => worker.ref(),
    release: () => worker.unref(),
  };
}

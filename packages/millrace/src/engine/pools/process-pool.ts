import { type ChildProcess, fork } from "node:child_process";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { serialize } from "node:v8";
import type { BodyPool } from "../../contract/pools.ts";
import type { FromWorker } from "./messages.ts";
import { inheritedOptions } from "./node-options.ts";
import { Pool, type PoolOptions } from "./pool.ts";
import { StderrTail } from "./stderr-tail.ts";
import type { WorkerExit, WorkerHandle, WorkerKind, WorkerListener } from "./worker-kind.ts";

/** Bodies in child processes, which end with this process. Values are copied through a pipe; nothing is shared. */
export function createProcessPool(options: PoolOptions = {}): BodyPool {
  const { maxHeapMb } = options;
  return new Pool(
    {
      kind: "processes",
      clone: serialize,
      start: (listener) => startProcess(listener, maxHeapMb),
    } satisfies WorkerKind,
    options,
  );
}

function startProcess(listener: WorkerListener, maxHeapMb: number | undefined): WorkerHandle {
  // What a module reads of its command line is the same here as in the flow's process.
  const child = fork(fileURLToPath(new URL("./body-process.ts", import.meta.url)), process.argv.slice(2), {
    execArgv: [
      ...inheritedOptions(process.execArgv),
      ...(maxHeapMb === undefined ? [] : [`--max-old-space-size=${maxHeapMb}`]),
    ],
    serialization: "advanced",
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  child.on("message", (message) => listener.onMessage(message as unknown as FromWorker));
  listenForEnd(child, listener);
  return {
    post: (message) => {
      // A failure of the pipe is followed by the end of the process, which is what counts.
      child.send(message, () => undefined);
    },
    kill: () => void child.kill("SIGKILL"),
    hold: () => {
      child.ref();
      child.channel?.ref();
    },
    release: () => {
      child.unref();
      child.channel?.unref();
    },
  };
}

/** The end is told once, when all that the process said has been read. */
function listenForEnd(child: ChildProcess, listener: WorkerListener): void {
  if (child.stderr === null) throw new Error("A child process was started without its stderr");
  // The pipe must not keep this process alive; the process and its channel do, while a call runs.
  (child.stderr as Socket).unref();
  child.stderr.on("data", (chunk: Buffer) => process.stderr.write(chunk));
  const stderr = new StderrTail(child.stderr);
  const disconnected = new Promise<void>((resolve) => child.once("disconnect", resolve));
  let isOver = false;
  const end = async (exit: Omit<WorkerExit, "stderr">): Promise<void> => {
    if (isOver) return;
    isOver = true;
    if (child.connected) await disconnected;
    listener.onGone({ ...exit, stderr: await stderr.read() });
  };
  child.on("error", (error) => {
    if (child.pid === undefined) void end({ code: null, signal: null, error });
  });
  child.once("exit", (code, signal) => void end({ code, signal, error: undefined }));
}

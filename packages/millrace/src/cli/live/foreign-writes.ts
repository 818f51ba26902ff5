/** Listens to what a program writes to its terminal by itself (console.log and the like), while a tree is drawn there. */

import type { WriteStream } from "node:tty";

export interface ForeignWrites {
  /** Stops listening. */
  stop(): void;
}

type Write = WriteStream["write"];

interface Listener {
  readonly before: () => void;
  readonly after: (text: string) => void;
}

/** Calls `before` and `after` around each write to a stream of this process that is a terminal. */
export function listenToForeignWrites(listener: Listener): ForeignWrites {
  const terminals = [process.stdout, process.stderr].filter((stream) => stream.isTTY);
  const ends = terminals.map((stream) => listen(stream, listener));
  return {
    stop() {
      for (const end of ends) end();
    },
  };
}

function listen(stream: WriteStream, { before, after }: Listener): () => void {
  const original = Reflect.get(stream, "write") as Write;
  let isListening = true;
  const write = (...args: Parameters<Write>): boolean => {
    if (!isListening) return Reflect.apply(original, stream, args);
    before();
    const isFlushed: boolean = Reflect.apply(original, stream, args);
    after(textOf(args[0]));
    return isFlushed;
  };
  stream.write = write as Write;
  return () => {
    isListening = false;
    // Somebody else may have put a write of their own on top, which calls this one.
    if (Reflect.get(stream, "write") === write) stream.write = original;
  };
}

function textOf(chunk: string | Uint8Array): string {
  return typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
}

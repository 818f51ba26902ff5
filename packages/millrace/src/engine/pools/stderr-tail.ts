import type { Readable } from "node:stream";

const maxTailBytes = 16_384;
const maxTailLines = 10;
/** V8 ends what it says of a full heap with these. */
const nativeFrame = /^\s*\d+: 0x[\da-f]+ |^-+ Native stack trace -+$/;
/** How long the rest of the output of a worker that has ended is waited for; a grandchild may hold the pipe for ever. */
const drainMs = 250;

/** Keeps the end of what a worker writes to stderr, to tell of a crash. */
export class StderrTail {
  #chunks: Buffer[] = [];
  #bytes = 0;
  readonly #ended: Promise<void>;

  constructor(stream: Readable) {
    this.#ended = new Promise((resolve) => {
      stream.once("close", resolve);
      stream.once("end", resolve);
    });
    stream.on("error", () => undefined);
    stream.on("data", (chunk: Buffer) => this.#keep(chunk));
  }

  #keep(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.byteLength;
    while (this.#bytes - (this.#chunks[0]?.byteLength ?? 0) >= maxTailBytes) {
      this.#bytes -= this.#chunks.shift()?.byteLength ?? 0;
    }
  }

  /** The last lines, once the stream has ended. */
  async read(): Promise<string> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, drainMs);
    await Promise.race([this.#ended, late]);
    clearTimeout(timer);
    const text = Buffer.concat(this.#chunks).subarray(-maxTailBytes).toString();
    const lines = text.split("\n").filter((line) => line.trim() !== "" && !nativeFrame.test(line));
    return lines.slice(-maxTailLines).join("\n");
  }
}

/** The one way in which commands print. Survives a reader that goes away (`| head`): what is printed after that is dropped. */

import type { WriteStream } from "node:tty";
import { styleText } from "node:util";
import { cleanJson, cleanOutput } from "./clean-text.ts";
import { openJson } from "./open-json.ts";
import { createLook, type Look } from "./look.ts";

/** Moves the cursor to the corner of the screen, and clears what is there. */
const clearScreen = "\u001b[H\u001b[2J";

export type ColorChoice = "auto" | "always" | "never";

export interface Output {
  readonly look: Look;
  readonly isTerminal: boolean;
  readonly hasColor: boolean;
  /** In columns; without end where nobody draws on a screen. */
  readonly width: number;
  /** Without what a terminal obeys, but for colours. */
  line(text?: string): void;
  lines(texts: readonly string[]): void;
  /** Clears the screen of a terminal. */
  clear(): void;
  /** Indented JSON and a line end. JSON texts of the ledger's nouns are opened: see openJson(). */
  json(value: unknown): void;
  /** JSON on one line, for streams of values. */
  jsonLine(value: unknown): void;
  /** Aborts when the reader has gone away. */
  readonly closed: AbortSignal;
}

/** `stream` is process.stdout or process.stderr. */
export function createOutput(options: { readonly stream: WriteStream; readonly color: ColorChoice }): Output {
  const { stream } = options;
  const closing = new AbortController();
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // Nobody reads on; whoever listens stops, and the rest is dropped.
    if (error.code === "EPIPE") closing.abort();
    else throw error;
  });
  const write = (text: string): void => {
    if (!closing.signal.aborted) stream.write(text);
  };
  const isTerminal = stream.isTTY === true;
  const hasColor = isColored(options);
  const clean = (text: string): string => cleanOutput(text, { hasColor });
  return {
    look: createLook({ color: hasColor }),
    isTerminal,
    hasColor,
    get width() {
      return isTerminal ? stream.columns || 80 : Number.POSITIVE_INFINITY;
    },
    line: (text = "") => write(`${clean(text)}\n`),
    lines: (texts) => write(texts.map((text) => `${clean(text)}\n`).join("")),
    clear: () => write(clearScreen),
    json: (value) => write(`${cleanJson(JSON.stringify(openJson(value), null, 2))}\n`),
    jsonLine: (value) => write(`${cleanJson(JSON.stringify(openJson(value)))}\n`),
    closed: closing.signal,
  };
}

function isColored({ stream, color }: { readonly stream: WriteStream; readonly color: ColorChoice }): boolean {
  switch (color) {
    case "always":
      return true;
    case "never":
      return false;
    case "auto":
      // Node decides: by the terminal, NO_COLOR, FORCE_COLOR and the like.
      return styleText("red", "x", { stream }) !== "x";
  }
}

/**
 * The lines at the bottom of a terminal that are drawn again and again, and what is printed above them. Everything goes out
 * in single writes between the marks of a synchronized update, so that no terminal shows half a drawing.
 */

import { displayWidth, stripAnsi } from "../../kit/text.ts";
import { type LiveStream, terminalSize } from "./live-stream.ts";

export interface DrawnArea {
  /** Prints `above`, which ends its own lines, and draws the lines under it. */
  draw(lines: readonly string[], above: string): void;
  /** Takes the drawn lines away and prints the text where they were. */
  erase(above: string): void;
  /** What somebody else is about to write to this terminal, or has just written: the drawn lines make room for it. */
  beforeForeign(): void;
  afterForeign(text: string): void;
  readonly isDrawn: boolean;
}

const updateBegins = "\u001b[?2026h";
const updateEnds = "\u001b[?2026l";
const eraseBelow = "\u001b[J";

/** `write` writes past whoever listens to the stream's writes. */
export function createDrawnArea(stream: LiveStream, write: (text: string) => void): DrawnArea {
  let drawn: readonly string[] = [];
  /** What somebody else has written since the last line end: the drawing begins under it, and goes back to its end. */
  let openLine = "";

  const columns = (): number => terminalSize(stream).columns;

  /** From the line under the drawing to where it began. Lines drawn before the terminal was made narrower take several rows. */
  function toErase(): string {
    if (drawn.length === 0) return "";
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns())), 0);
    return `\r\u001b[${rows}A${eraseBelow}${toEndOfOpenLine()}`;
  }

  function toEndOfOpenLine(): string {
    const column = displayWidth(openLine) % columns();
    if (openLine === "" || column === 0) return "";
    return `\u001b[1A\u001b[${column}C`;
  }

  /** What is printed above begins on a line of its own. */
  function closeLine(): string {
    const end = openLine === "" || displayWidth(openLine) % columns() === 0 ? "" : "\n";
    openLine = "";
    return end;
  }

  return {
    get isDrawn() {
      return drawn.length > 0;
    },
    draw(lines, above) {
      if (above === "" && isSame(lines, drawn)) return;
      const erased = toErase();
      const printed = above === "" ? "" : closeLine() + above;
      const gap = openLine === "" || displayWidth(openLine) % columns() === 0 ? "" : "\n";
      drawn = lines;
      write(`${updateBegins}${erased}${printed}${gap}${lines.map((line) => `${line}\n`).join("")}${updateEnds}`);
    },
    erase(above) {
      const erased = toErase();
      drawn = [];
      const printed = above === "" ? "" : closeLine() + above;
      if (erased !== "" || printed !== "") write(`${erased}${printed}`);
    },
    beforeForeign() {
      if (drawn.length === 0) return;
      const erased = toErase();
      drawn = [];
      write(erased);
    },
    afterForeign(text) {
      const lastLine = text.slice(text.lastIndexOf("\n") + 1);
      const joined = text.includes("\n") ? lastLine : openLine + lastLine;
      // A progress bar of the user's goes back to the start of its line.
      openLine = stripAnsi(joined.slice(joined.lastIndexOf("\r") + 1));
    },
  };
}

function isSame(lines: readonly string[], others: readonly string[]): boolean {
  return lines.length === others.length && lines.every((line, index) => line === others[index]);
}

/** A terminal's screen, as far as the live view uses one: what a person would see after all that was written. */

import { stripAnsi } from "../../kit/text.ts";
import type { LiveStream } from "./live-stream.ts";

export interface Screen extends LiveStream {
  /** Everything that was written, as it was written. */
  readonly writes: readonly string[];
  /** The lines of the screen and of what has scrolled off it, without colours. */
  lines(): readonly string[];
  text(): string;
}

export function createScreen({ columns = 80, rows = 24 }: { columns?: number; rows?: number } = {}): Screen {
  const writes: string[] = [];
  const cells: string[][] = [[]];
  let row = 0;
  let column = 0;

  function put(character: string): void {
    if (column >= columns) newLine();
    const line = (cells[row] ??= []);
    while (line.length < column) line.push(" ");
    line[column++] = character;
  }

  function newLine(): void {
    row++;
    column = 0;
    cells[row] ??= [];
  }

  function control(parameters: string, final: string): void {
    const count = Number(parameters || "1");
    if (final === "A") row = Math.max(0, row - count);
    else if (final === "C") column += count;
    else if (final === "J") {
      cells.length = row + 1;
      cells[row] = (cells[row] ?? []).slice(0, column);
    } else if (!"mhl".includes(final)) throw new Error(`The screen knows no control sequence ${final}`);
  }

  function write(text: string): void {
    writes.push(text);
    // oxlint-disable-next-line no-control-regex -- control sequences are what a terminal is given
    for (const [, parameters = "", final, character = ""] of text.matchAll(/\u001b\[([?\d;]*)([A-Za-z])|([^])/gu)) {
      if (final !== undefined) control(parameters, final);
      else if (character === "\n") newLine();
      else if (character === "\r") column = 0;
      else put(character);
    }
  }

  const lines = (): readonly string[] => cells.map((line) => stripAnsi(line.join("")).trimEnd());
  return { columns, rows, isTTY: true, writes, write, lines, text: () => lines().join("\n") };
}

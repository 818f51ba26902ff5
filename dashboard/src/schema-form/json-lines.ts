/** Where each value of a JSON text stands, by line: a scanner that goes on as far as the text can be read. */

/** Deeper than this, lines are those of what is around. */
const maxLevels = 60;

/** The line, from 1, of each value by its path, written as JSON. A property's is that of its name. */
export function linesOf(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>([["[]", 1]]);
  const stack: { readonly isList: boolean; path: string[]; index: number; expectsName: boolean }[] = [];
  let line = 1;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    const top = stack.at(-1);
    if (letter === "\n") line++;
    else if (letter === '"') {
      const end = endOfText(text, at);
      if (top?.expectsName === true) {
        top.path = [...top.path.slice(0, stack.length - 1), readName(text.slice(at, end + 1))];
        if (stack.length <= maxLevels) lines.set(JSON.stringify(top.path), line);
        top.expectsName = false;
      } else if (top?.isList === true) note(lines, top, stack.length, line);
      at = end;
    } else if (letter === "{" || letter === "[") {
      if (top?.isList === true) note(lines, top, stack.length, line);
      stack.push({ isList: letter === "[", path: [...(top?.path ?? [])], index: 0, expectsName: letter === "{" });
    } else if (letter === "}" || letter === "]") stack.pop();
    else if (letter === ",") {
      if (top === undefined) continue;
      if (top.isList) top.index++;
      else top.expectsName = true;
    } else if (letter !== undefined && /[\w-]/.test(letter) && top?.isList === true) {
      note(lines, top, stack.length, line);
    }
  }
  return lines;
}

function note(
  lines: Map<string, number>,
  list: { path: string[]; readonly index: number },
  depth: number,
  line: number,
): void {
  if (depth > maxLevels) return;
  list.path = [...list.path.slice(0, depth - 1), String(list.index)];
  const key = JSON.stringify(list.path);
  if (!lines.has(key)) lines.set(key, line);
}

/** Where a text that begins here ends. */
function endOfText(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"' || text[at] === "\n") return text[at] === "\n" ? at - 1 : at;
  }
  return text.length;
}

function readName(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted.slice(1);
  }
}

/** The line of a place, or of the nearest that is around it. */
export function lineOf(lines: ReadonlyMap<string, number>, path: readonly string[]): number {
  for (let length = path.length; length >= 0; length--) {
    const line = lines.get(JSON.stringify(path.slice(0, length)));
    if (line !== undefined) return line;
  }
  return 1;
}

/** Blanks that indenting a text may add, roughly. */
const maxBlanks = 1_000_000;

/** Indented, a value that nests deep is mostly blanks: then it is written in one line. */
export function toJsonText(value: unknown): string {
  const short = JSON.stringify(value) as string | undefined;
  if (short === undefined) return "";
  const depth = depthOf(short);
  return depth > maxLevels && depth * short.length > maxBlanks ? short : JSON.stringify(value, null, 2);
}

/** How deep a text of JSON nests; brackets in its texts count too, which does no harm. */
function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  for (const letter of text) {
    if (letter === "{" || letter === "[") most = Math.max(most, ++depth);
    else if (letter === "}" || letter === "]") depth--;
  }
  return most;
}

export type JsonText =
  | { readonly value: unknown; readonly fault: null }
  | { readonly value: undefined; readonly fault: { readonly line: number; readonly message: string } };

/** A text that a person has written, or where it stops to be JSON. */
export function readJson(text: string): JsonText {
  try {
    return { value: JSON.parse(text) as unknown, fault: null };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const position = /position (\d+)/.exec(said)?.[1];
    const before = position === undefined ? text : text.slice(0, Number(position));
    const message = said.replace(/ in JSON at position.*| at position.*|, ".*$/s, "");
    return { value: undefined, fault: { line: before.split("\n").length, message } };
  }
}

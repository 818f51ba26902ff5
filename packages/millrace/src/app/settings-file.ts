/**
 * `millrace.toml`: the settings of a project, kept beside its code. The nearest one counts, from the working directory upwards.
 *
 * It is the part of TOML that settings need: `name = value` a line, where a value is a text, a whole number, true or false, or
 * a list of texts. What else TOML has is refused with its line, and never passed over.
 */

import { readFileSync, type Stats, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { MillraceError } from "../contract/errors.ts";

export const settingsFileName = "millrace.toml";

export interface SettingsFile {
  readonly path: string;
  /** Its path as seen from the working directory, for people. */
  readonly shownPath: string;
  /** What relative folders in it are relative to. */
  readonly folder: string;
  /** By name; each value as it would be written in a variable. */
  readonly values: ReadonlyMap<string, string>;
}

/**
 * Null where there is none. Above the working directory only a file counts that is this user's or root's: in a folder such as
 * /tmp anybody could say for all that are below it where runs are recorded. One that is passed over is warned of, once.
 *
 * @throws SETTING_INVALID with the line that is not right
 */
export function findSettingsFile(cwd: string): SettingsFile | null {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const path = join(folder, settingsFileName);
    const found = look(path);
    if (found?.isFile() === true) {
      if (folder === cwd || isTrusted(found)) return readSettingsFile({ path, cwd });
      warnOfStranger(path);
    }
    if (folder === dirname(folder)) return null;
  }
}

/** Null, too, in a folder that may not be looked into. */
function look(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

function isTrusted({ uid }: Stats): boolean {
  const own = process.getuid?.();
  return own === undefined || uid === own || uid === 0;
}

/** Those of others that were warned of. */
const passedOver = new Set<string>();

function warnOfStranger(path: string): void {
  if (passedOver.has(path)) return;
  passedOver.add(path);
  process.emitWarning(
    `The settings in ${path} do not count: the file is another user's. Make it your own, or work in its folder.`,
    "MillraceWarning",
  );
}

function readSettingsFile({ path, cwd }: { readonly path: string; readonly cwd: string }): SettingsFile {
  try {
    const values = parseSettings(readFileSync(path, "utf8"));
    return { path, shownPath: relative(cwd, path), folder: dirname(path), values };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MillraceError("SETTING_INVALID", { setting: path, reason }, { cause });
  }
}

/** @throws RangeError that names the line */
export function parseSettings(text: string): ReadonlyMap<string, string> {
  const reader = createReader(text);
  const values = new Map<string, string>();
  for (reader.skipLines(); !reader.isAtEnd(); reader.skipLines()) {
    if (reader.take(/\[/y) !== null) reader.refuse("settings stand in the file itself: it has no [tables]");
    const name = reader.take(/[A-Za-z0-9_-]+/y) ?? reader.takeText();
    if (name === null) return reader.refuse("a line is `name = value`");
    if (reader.take(/[ \t]*=[ \t]*/y) === null) reader.refuse(`after \`${name}\` there must be \`= value\``);
    if (values.has(name)) reader.refuse(`\`${name}\` is there twice`);
    values.set(name, readValue(reader, name));
    if (reader.take(/[ \t]*(#[^\n]*)?(\r?\n|$)/y) === null)
      reader.refuse(`there is more after the value of \`${name}\``);
  }
  return values;
}

function readValue(reader: Reader, name: string): string {
  const value = reader.takeText() ?? reader.take(/(true|false)(?![\w.+-])/y);
  if (value !== null) return value;
  const digits = reader.take(/\+?\d+(_\d+)*(?![\w.:+-])/y);
  if (digits !== null) return digits.replaceAll(/[+_]/g, "");
  if (reader.take(/\[/y) === null) {
    return reader.refuse(`\`${name}\` takes a "text", a whole number, true or false, or a list of texts`);
  }
  const items: string[] = [];
  for (reader.skipLines(); reader.take(/\]/y) === null; reader.skipLines()) {
    const item = reader.takeText();
    if (item === null || item.includes(","))
      return reader.refuse(`the list of \`${name}\` takes "texts" without commas`);
    items.push(item);
    reader.skipLines();
    if (reader.take(/,/y) === null && !reader.isBefore("]")) reader.refuse(`the list of \`${name}\` does not end`);
  }
  return items.join(",");
}

interface Reader {
  /** What the pattern finds at this place, and goes on behind it; null, and it stays, where it finds nothing. */
  take(pattern: RegExp): string | null;
  /** A text in quotes, without them. */
  takeText(): string | null;
  /** Goes on behind spaces, ends of lines and comments. */
  skipLines(): void;
  isBefore(character: string): boolean;
  isAtEnd(): boolean;
  refuse(reason: string): never;
}

function createReader(text: string): Reader {
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  function take(pattern: RegExp): string | null {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found === null) return null;
    at += found[0].length;
    return found[0];
  }
  function refuse(reason: string): never {
    const line = text.slice(0, at).split("\n").length;
    throw new RangeError(`line ${line}: ${reason}`);
  }
  return {
    take,
    refuse,
    takeText() {
      const literal = take(/'[^'\n]*'/y);
      if (literal !== null) return literal.slice(1, -1);
      const basic = take(/"([^"\\\n]|\\[^\n])*"/y);
      if (basic === null) return null;
      return basic.slice(1, -1).replaceAll(/\\(u[\dA-Fa-f]{4}|U[\dA-Fa-f]{8}|.)/g, (_, escape: string) => {
        const character = toCharacter(escape);
        return (
          character ?? refuse(`\\${escape} is no escape: write \\\\ for a backslash, or the text in 'single quotes'`)
        );
      });
    },
    skipLines: () => void take(/([ \t\r\n]|#[^\n]*)*/y),
    isBefore: (character) => text[at] === character,
    isAtEnd: () => at >= text.length,
  };
}

const escapes: Readonly<Record<string, string>> = {
  b: "\b",
  t: "\t",
  n: "\n",
  f: "\f",
  r: "\r",
  e: "\u001B",
  '"': '"',
  "\\": "\\",
};

function toCharacter(escape: string): string | undefined {
  if (escape.length === 1) return escapes[escape];
  const code = Number.parseInt(escape.slice(1), 16);
  return code > 0x10_ff_ff || (code >= 0xd8_00 && code <= 0xdf_ff) ? undefined : String.fromCodePoint(code);
}

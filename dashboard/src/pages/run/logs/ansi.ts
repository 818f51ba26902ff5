/**
 * A message as it is shown: what a terminal would do with it, as far as it concerns reading. Colours become names of
 * classes, a line that was written over shows its last text, other control characters are made visible. Never HTML.
 */

export interface Segment {
  readonly text: string;
  /** Names of classes of ansi.css. */
  readonly classes: string;
}

export interface ShownMessage {
  /** At least one. */
  readonly lines: readonly (readonly Segment[])[];
  /** Without colours, lines joined; what is searched and copied. */
  readonly plain: string;
}

interface Style {
  readonly bold: boolean;
  readonly faint: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly colour: number | null;
  readonly ground: number | null;
}

const plainStyle: Style = { bold: false, faint: false, italic: false, underline: false, colour: null, ground: null };

/** Sequences that begin with ESC: CSI, OSC with its end, and those of two characters. */
// oxlint-disable-next-line no-control-regex
const sequence = /\u001b(?:\[([\d;:]*)([A-Za-z])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\^_])/g;
// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

export function toShown(message: string): ShownMessage {
  let style = plainStyle;
  const lines: Segment[][] = [];
  for (const written of message.replaceAll("\r\n", "\n").split("\n")) {
    const segments: Segment[] = [];
    const add = (text: string): void => {
      if (text !== "") segments.push({ text: text.replace(control, toPicture), classes: toClasses(style) });
    };
    const line = written.includes("\r") ? lastWritten(written) : written;
    let end = 0;
    for (const found of line.matchAll(sequence)) {
      add(line.slice(end, found.index));
      end = found.index + found[0].length;
      if (found[2] === "m") style = change(style, found[1] ?? "");
    }
    add(line.slice(end));
    lines.push(segments);
  }
  while (lines.length > 1 && lines.at(-1)?.length === 0) lines.pop();
  const plain = lines.map((segments) => segments.map(({ text }) => text).join("")).join("\n");
  return { lines, plain };
}

/** What is left after a cursor went back to the start of the line: the last text that is not empty. */
function lastWritten(line: string): string {
  return line.split("\r").findLast((part) => part !== "") ?? "";
}

const toPicture = (character: string): string =>
  character === "\u007f" ? "\u2421" : String.fromCharCode(0x2400 + character.charCodeAt(0));

function change(before: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/).map(Number);
  let style = before;
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      // Of 256 colours the first 16 have names; what else there is we leave out, with its parameters.
      const chosen = codes[at + 1] === 5 ? (codes[at + 2] ?? 0) : null;
      at += codes[at + 1] === 5 ? 2 : codes[at + 1] === 2 ? 4 : 0;
      const named = chosen !== null && chosen < 16 ? chosen : null;
      style = code === 38 ? { ...style, colour: named } : { ...style, ground: named };
    } else style = { ...style, ...changeOf(code) };
  }
  return style;
}

function changeOf(code: number): Partial<Style> {
  if (code === 0) return plainStyle;
  if (code === 1) return { bold: true };
  if (code === 2) return { faint: true };
  if (code === 3) return { italic: true };
  if (code === 4) return { underline: true };
  if (code === 22) return { bold: false, faint: false };
  if (code === 23) return { italic: false };
  if (code === 24) return { underline: false };
  if (code === 39) return { colour: null };
  if (code === 49) return { ground: null };
  if (code >= 30 && code <= 37) return { colour: code - 30 };
  if (code >= 40 && code <= 47) return { ground: code - 40 };
  if (code >= 90 && code <= 97) return { colour: code - 90 + 8 };
  if (code >= 100 && code <= 107) return { ground: code - 100 + 8 };
  return {};
}

function toClasses({ bold, faint, italic, underline, colour, ground }: Style): string {
  return [
    bold ? "ansi-bold" : "",
    faint ? "ansi-faint" : "",
    italic ? "ansi-italic" : "",
    underline ? "ansi-underline" : "",
    // On a ground of its own the text keeps the page's colour, which can be read on each of them.
    ground === null ? (colour === null ? "" : `ansi-${colour % 8}`) : `ansi-on ansi-on-${ground % 8}`,
  ]
    .filter((name) => name !== "")
    .join(" ");
}

/** Texts that users wrote, made harmless for a terminal: no control sequence of theirs is printed. */

import { stripAnsi } from "../../kit/text.ts";

/** Control characters but for the line feed, and those that turn the direction of the text round. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const unprintable = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const isPlain = /^[\u0020-\u007e]*$/;
const isPlainLines = /^[\u0020-\u007e\n\t]*$/;
/** As above, but for the tab. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const unprinted = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
// oxlint-disable-next-line no-control-regex -- the sequences that paint.ts writes
const paintSequence = /(\u001b\[(?:1|2|22|3[1-69])m)/;

/** The text without control characters; its lines stay. Tabs become two blanks. */
export function cleanText(text: string): string {
  if (isPlain.test(text)) return text;
  return stripAnsi(text).replaceAll("\r\n", "\n").replaceAll("\t", "  ").replace(unprintable, "");
}

/** The text on one line, without control characters. */
export function cleanLine(text: string): string {
  return isPlain.test(text) ? text : cleanText(text).replace(/\s*\n\s*/g, " ");
}

/**
 * What is about to be printed: line ends stay, and colours where there are any, and nothing else that a terminal obeys, wherever it is
 * from. What people have written is cleaned where it is put into a line; this is for what nobody has thought of, such as the kind of an object
 * from a server that is none of ours.
 */
export function cleanOutput(text: string, { hasColor }: { readonly hasColor: boolean }): string {
  if (isPlainLines.test(text)) return text;
  const parts = hasColor ? text.split(paintSequence) : [text];
  return parts.map((part, index) => (index % 2 === 1 ? part : stripAnsi(part).replace(unprinted, ""))).join("");
}

/** JSON for a terminal and for programs: the same value, with what a terminal obeys written as escapes. */
export function cleanJson(json: string): string {
  return json.replace(
    // JSON has escaped the others.
    /[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Texts that users wrote, made harmless for a terminal: no control sequence of theirs is printed. */

import { stripAnsi } from "../../kit/text.ts";

/** Control characters but for the line feed, and those that turn the direction of the text round. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const unprintable = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const isPlain = /^[\u0020-\u007e]*$/;

/** The text without control characters; its lines stay. Tabs become two blanks. */
export function cleanText(text: string): string {
  if (isPlain.test(text)) return text;
  return stripAnsi(text).replaceAll("\r\n", "\n").replaceAll("\t", "  ").replace(unprintable, "");
}

/** The text on one line, without control characters. */
export function cleanLine(text: string): string {
  return isPlain.test(text) ? text : cleanText(text).replace(/\s*\n\s*/g, " ");
}

/** What two failures must have in common to be the same one. */

import type { Failure } from "../contract/failures.ts";
import { sha256 } from "../kit/sha256.ts";

/** Of a message so many characters tell it from others. */
const maxTellingLength = 500;
const fingerprintLength = 16;

/** In this order: what is in quotes may have a path in it, a path an id, an id a number. */
const replacements: readonly (readonly [RegExp, string])[] = [
  // An apostrophe within a word is none.
  [/(?<![\p{L}\p{N}])(["'`])(?:(?!\1)[^\n]){0,300}?\1(?![\p{L}\p{N}])/gu, "<text>"],
  [/\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s<>"']{1,500}/giu, "<url>"],
  [/(?<![\p{L}\p{N}])(?:[a-z]:|\.{1,2}|~)?(?:[\\/][\p{L}\p{N}_.@+~=-]{1,100}){1,50}[\\/]?/giu, "<path>"],
  [
    /(?<![\p{L}\p{N}])(?:[\p{L}\p{N}_.@-]{1,100}[\\/]){1,50}[\p{L}\p{N}_@-]{1,100}\.\p{L}{1,8}(?![\p{L}\p{N}])/giu,
    "<path>",
  ],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/giu, "<id>"],
  [/\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?/giu, "<time>"],
  [/\b0x[0-9a-f]+\b/giu, "<id>"],
  [/\b(?=[a-f]*\d)[0-9a-f]{8,64}\b/giu, "<id>"],
  [/\d+(?:[.,:_]\d+)*/gu, "<n>"],
  [/\s+/gu, " "],
];

/** The message without what differs from one time to the next. */
export function toCommonMessage(message: string): string {
  let common = message.slice(0, maxTellingLength);
  for (const [pattern, replacement] of replacements) common = common.replace(pattern, replacement);
  return common.trim();
}

/** What the error is, wherever it came up. */
export function toErrorKey({ errorCode, errorName, message }: Failure): string {
  return JSON.stringify([errorCode ?? errorName, toCommonMessage(message)]);
}

export function toFingerprint(failure: Failure): string {
  const { taskName, flowName } = failure;
  const place = taskName === null ? ["flow", flowName] : ["task", taskName];
  return sha256(JSON.stringify([...place, toErrorKey(failure)]), "hex").slice(0, fingerprintLength);
}

/** Patterns over texts, compiled once. The time of a match is at most the product of the two lengths, and may be counted. */

import { type StepCount, uncounted } from "./step-count.ts";

/**
 * A glob over a whole text: `*` any text, `?` one character, `[abc]` and `[a-z]` one of these, `[!abc]` none of these. Upper
 * and lower case are told apart. A bracket without its end stands for itself.
 */
export function createGlob(pattern: string, steps: StepCount = uncounted): (text: string) => boolean {
  if (!/[*?[]/.test(pattern)) return (text) => text === pattern;
  const start = pattern.slice(0, -1);
  if (pattern.endsWith("*") && !/[*?[]/.test(start)) return (text) => text.startsWith(start);
  const tokens = globTokens(pattern);
  return (text) => matchesTokens(tokens, { text, steps });
}

/** A pattern over a whole name, in which `*` stands for at least one character and all else for itself. */
export function createNamePattern(pattern: string, steps: StepCount = uncounted): (name: string) => boolean {
  if (!pattern.includes("*")) return (name) => name === pattern;
  const tokens = Array.from(pattern).flatMap((char): Token[] =>
    char === "*" ? [anyChar, "any-text"] : [literal(char)],
  );
  return (text) => matchesTokens(tokens, { text, steps });
}

/** A part of a pattern: one character that passes a check, or any text. */
type Token = "any-text" | CharToken;

interface CharToken {
  readonly matches: (char: string) => boolean;
  /** What it takes to say, in steps. */
  readonly weight: number;
}

const anyChar: Token = { matches: () => true, weight: 1 };

function globTokens(pattern: string): readonly Token[] {
  const chars = Array.from(pattern);
  const tokens: Token[] = [];
  for (let index = 0; index < chars.length; index++) {
    const char = chars[index] as string;
    if (char === "*") tokens.push("any-text");
    else if (char === "?") tokens.push(anyChar);
    else if (char === "[") {
      // A bracket that comes first in the set belongs to it: "[]]", "[!]]".
      const first = chars[index + 1] === "!" ? index + 2 : index + 1;
      const end = chars.indexOf("]", first + 1);
      if (end === -1) tokens.push(literal(char));
      else {
        tokens.push(charSet(chars.slice(first, end), first === index + 2));
        index = end;
      }
    } else tokens.push(literal(char));
  }
  return tokens;
}

function literal(wanted: string): Token {
  return { matches: (char) => char === wanted, weight: 1 };
}

function charSet(chars: readonly string[], isNegated: boolean): Token {
  const ranges: (readonly [string, string])[] = [];
  for (let index = 0; index < chars.length; index++) {
    const from = chars[index] as string;
    const to = chars[index + 2];
    if (chars[index + 1] === "-" && to !== undefined) {
      ranges.push([from, to]);
      index += 2;
    } else ranges.push([from, from]);
  }
  const matches = (char: string): boolean => ranges.some(([from, to]) => char >= from && char <= to) !== isNegated;
  return { matches, weight: 1 + (ranges.length >> 2) };
}

/** Goes back to the last `any-text` only, so that the time is at most the product of the two lengths. */
function matchesTokens(
  tokens: readonly Token[],
  { text, steps }: { readonly text: string; readonly steps: StepCount },
): boolean {
  steps.spend(text.length >> 4);
  const chars = Array.from(text);
  let token = 0;
  let char = 0;
  let retryToken = -1;
  let retryChar = 0;
  while (char < chars.length) {
    const wanted = tokens[token];
    steps.spend(typeof wanted === "object" ? wanted.weight : 1);
    if (wanted === "any-text") {
      retryToken = ++token;
      retryChar = char;
    } else if (wanted?.matches(chars[char] as string) === true) {
      token++;
      char++;
    } else if (retryToken >= 0) {
      token = retryToken;
      char = ++retryChar;
    } else return false;
  }
  while (tokens[token] === "any-text") token++;
  return token === tokens.length;
}

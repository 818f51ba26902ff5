/** Regular expressions as trees, and what reads them. */

/** What is so at a place between two characters, which are code points. */
export type Holds = (chars: readonly string[], at: number) => boolean;

export type PatternNode =
  | { readonly kind: "char"; readonly matches: (char: string) => boolean }
  | { readonly kind: "place"; readonly holds: Holds }
  | { readonly kind: "look"; readonly node: PatternNode; readonly isBehind: boolean; readonly isNegated: boolean }
  | { readonly kind: "all"; readonly nodes: readonly PatternNode[] }
  | { readonly kind: "any"; readonly nodes: readonly PatternNode[] }
  /** `max` may be without an end. */
  | { readonly kind: "repeat"; readonly node: PatternNode; readonly min: number; readonly max: number };

/** Why a pattern that is one cannot be used here. */
export class PatternRefused extends Error {
  override readonly name = "PatternRefused";
}

/** Characters of a pattern, and groups within groups. */
const maxChars = 20_000;
const maxDepth = 200;

interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
}

/**
 * Reads a pattern of the language's own syntax with the flag `u`, which `new RegExp` has read before: what is wrong is not looked for.
 *
 * @throws PatternRefused
 */
export function readPattern(source: string): PatternNode {
  if (source.length > maxChars) throw new PatternRefused(`it has more than ${maxChars} characters`);
  let at = 0;

  function readAny(flags: Flags, depth: number): PatternNode {
    if (depth > maxDepth) throw new PatternRefused(`its groups are nested more than ${maxDepth} deep`);
    const nodes = [readAll(flags, depth)];
    while (source[at] === "|") {
      at++;
      nodes.push(readAll(flags, depth));
    }
    return nodes.length === 1 ? (nodes[0] as PatternNode) : { kind: "any", nodes };
  }

  function readAll(flags: Flags, depth: number): PatternNode {
    const nodes: PatternNode[] = [];
    while (at < source.length && source[at] !== "|" && source[at] !== ")") nodes.push(readTerm(flags, depth));
    return { kind: "all", nodes };
  }

  function readTerm(flags: Flags, depth: number): PatternNode {
    const node = source[at] === "(" ? readGroup(flags, depth) : readAtom(flags);
    const [quantifier = "", min, comma, max] = /^(?:[*+?]|\{(\d+)(,)?(\d*)\})\??/.exec(source.slice(at, at + 64)) ?? [];
    if (quantifier === "") return node;
    at += quantifier.length;
    switch (quantifier[0]) {
      case "*":
        return { kind: "repeat", node, min: 0, max: Number.POSITIVE_INFINITY };
      case "+":
        return { kind: "repeat", node, min: 1, max: Number.POSITIVE_INFINITY };
      case "?":
        return { kind: "repeat", node, min: 0, max: 1 };
      default: {
        const end = max === undefined || max === "" ? Number.POSITIVE_INFINITY : Number(max);
        return { kind: "repeat", node, min: Number(min), max: comma === undefined ? Number(min) : end };
      }
    }
  }

  function readGroup(flags: Flags, depth: number): PatternNode {
    const [start = "(", look, , , on = "", off = ""] =
      /^\((?:\?(?:([=!]|<[=!])|<([^>]*)>|(:)|([ims]*)(?:-([ims]*))?:))?/.exec(source.slice(at)) ?? [];
    at += start.length;
    const has = (flag: keyof Flags): boolean => (flags[flag] || on.includes(flag)) && !off.includes(flag);
    const node = readAny({ i: has("i"), m: has("m"), s: has("s") }, depth + 1);
    at++;
    if (look === undefined) return node;
    return { kind: "look", node, isBehind: look.startsWith("<"), isNegated: look.endsWith("!") };
  }

  function readAtom(flags: Flags): PatternNode {
    const char = source[at];
    if (char === "^") return toPlace(1, flags.m ? isLineStart : (_, place) => place === 0);
    if (char === "$") return toPlace(1, flags.m ? isLineEnd : (chars, place) => place === chars.length);
    if (char === "[") return toChar(classLength(source, at), flags);
    if (char !== "\\") return toChar(String.fromCodePoint(source.codePointAt(at) ?? 0).length, flags);
    const [, form = ""] = /^\\([bB]|[1-9]\d*|k<[^>]*>)/.exec(source.slice(at, at + 300)) ?? [];
    if (form === "b" || form === "B") return toPlace(2, wordBound(flags, form === "b"));
    if (form !== "") throw new PatternRefused(`it refers back to a group (\\${form}), for which there is no bound`);
    return toChar(escapeLength(source, at), flags);
  }

  function toPlace(length: number, holds: Holds): PatternNode {
    at += length;
    return { kind: "place", holds };
  }

  /** What stands for one character: the language's own expressions say which, of one character at a time. */
  function toChar(length: number, flags: Flags): PatternNode {
    const text = source.slice(at, at + length);
    at += length;
    if (text === "." && flags.s) return { kind: "char", matches: () => true };
    if (!flags.i && text !== "." && !/^[[\\]/.test(text)) return { kind: "char", matches: (char) => char === text };
    const one = new RegExp(`^${text === "/" ? "\\/" : text}$`, flags.i ? "iu" : "u");
    return { kind: "char", matches: (char) => one.test(char) };
  }

  return readAny({ i: false, m: false, s: false }, 0);
}

/** Up to the bracket that ends it. */
function classLength(source: string, start: number): number {
  let at = start + 1;
  while (at < source.length && source[at] !== "]") at += source[at] === "\\" ? 2 : 1;
  return at + 1 - start;
}

/** Of an escape that stands for one character. */
function escapeLength(source: string, at: number): number {
  const form =
    /^\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u\{[\da-fA-F]+\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|c[A-Za-z]|[pP]\{[^}]*\}|.)/su;
  return form.exec(source.slice(at, at + 300))?.[0].length ?? 2;
}

const lineEnds: ReadonlySet<string> = new Set(["\n", "\r", "\u2028", "\u2029"]);
const isLineStart: Holds = (chars, at) => at === 0 || lineEnds.has(chars[at - 1] ?? "");
const isLineEnd: Holds = (chars, at) => at === chars.length || lineEnds.has(chars[at] ?? "");

function wordBound({ i }: Flags, isWanted: boolean): Holds {
  const word = i ? /^\w$/iu : /^\w$/u;
  const isWord = (char: string | undefined): boolean => char !== undefined && word.test(char);
  return (chars, at) => (isWord(chars[at - 1]) !== isWord(chars[at])) === isWanted;
}

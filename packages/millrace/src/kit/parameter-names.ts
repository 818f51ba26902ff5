/** The names of a function's parameters, read from its source text. */

type AnyFunction = (...args: never[]) => unknown;

const known = new WeakMap<AnyFunction, readonly string[]>();

/**
 * One name a parameter, in order. A rest parameter has its name; a destructured one, and one that cannot be read, is
 * `arg0`, `arg1` … by its place. Never throws.
 */
export function parameterNames(fn: AnyFunction): readonly string[] {
  let names = known.get(fn);
  if (names === undefined) {
    names = readNames(fn);
    known.set(fn, names);
  }
  return names;
}

const identifier = String.raw`[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*`;
const loneParameter = new RegExp(`^(?:async\\b\\s*)?(${identifier})\\s*=>`, "u");
const leadingName = new RegExp(`^(?:\\.\\.\\.)?\\s*(${identifier})`, "u");

function readNames(fn: AnyFunction): readonly string[] {
  try {
    const source = withoutComments(Function.prototype.toString.call(fn)).trim();
    const lone = loneParameter.exec(source)?.[1];
    if (lone !== undefined) return [lone];
    if (/^class\b/.test(source) || source.endsWith("{ [native code] }")) return numbered(fn);
    return splitParameters(source).map((parameter, index) => leadingName.exec(parameter)?.[1] ?? `arg${index}`);
  } catch {
    // A proxy, or syntax this scanner does not know: the places still name the parameters.
    return numbered(fn);
  }
}

function numbered(fn: AnyFunction): readonly string[] {
  try {
    return Array.from({ length: fn.length }, (_, index) => `arg${index}`);
  } catch {
    return [];
  }
}

/** The texts between the commas of the parameter list. */
function splitParameters(source: string): readonly string[] {
  const parameters: string[] = [];
  let depth = 0;
  let start = -1;
  for (let at = 0; at < source.length; at = skipToken(source, at)) {
    const char = source[at];
    if (char === "(" && depth === 0 && start === -1) start = at + 1;
    if (isOpening(char)) depth++;
    if (isClosing(char)) depth--;
    const isEnd = start !== -1 && char === ")" && depth === 0;
    if (isEnd || (start !== -1 && char === "," && depth === 1)) {
      const parameter = source.slice(start, at).trim();
      // A comma before the closing parenthesis adds no parameter.
      if (parameter !== "") parameters.push(parameter);
      start = at + 1;
    }
    if (isEnd) return parameters;
  }
  throw new SyntaxError("The parameter list does not end");
}

function isOpening(char: string | undefined): boolean {
  return char === "(" || char === "[" || char === "{";
}

function isClosing(char: string | undefined): boolean {
  return char === ")" || char === "]" || char === "}";
}

/** Comments become blanks. */
function withoutComments(source: string): string {
  if (!source.includes("/*") && !source.includes("//")) return source;
  let text = "";
  for (let at = 0; at < source.length; ) {
    const next = skipToken(source, at);
    text += isComment(source, at) ? " " : source.slice(at, next);
    at = next;
  }
  return text;
}

function isComment(source: string, at: number): boolean {
  return source[at] === "/" && (source[at + 1] === "/" || source[at + 1] === "*");
}

/** The place after the text, template, comment, regular expression or single character that starts at `at`. */
function skipToken(source: string, at: number): number {
  const char = source[at];
  if (char === '"' || char === "'") return skipQuoted(source, at, char);
  if (char === "`") return skipTemplate(source, at);
  if (char !== "/") return at + 1;
  if (source[at + 1] === "/") return endOf(source, "\n", at + 2);
  if (source[at + 1] === "*") return endOf(source, "*/", at + 2);
  return /[(,=:[!&|?{};+\-*%<>~^]$/.test(source.slice(Math.max(0, at - 100), at).trimEnd())
    ? skipRegExp(source, at)
    : at + 1;
}

function endOf(source: string, text: string, from: number): number {
  const found = source.indexOf(text, from);
  return found === -1 ? source.length : found + text.length;
}

function skipQuoted(source: string, at: number, quote: string): number {
  let end = at + 1;
  while (end < source.length && source[end] !== quote) end += source[end] === "\\" ? 2 : 1;
  return end + 1;
}

function skipTemplate(source: string, at: number): number {
  let end = at + 1;
  while (end < source.length && source[end] !== "`") {
    if (source[end] === "\\") end += 2;
    else if (source[end] === "$" && source[end + 1] === "{") end = skipBraces(source, end + 1);
    else end++;
  }
  return end + 1;
}

function skipBraces(source: string, at: number): number {
  let depth = 0;
  for (let end = at; end < source.length; end = skipToken(source, end)) {
    if (source[end] === "{") depth++;
    if (source[end] === "}" && --depth === 0) return end + 1;
  }
  return source.length;
}

function skipRegExp(source: string, at: number): number {
  let isInClass = false;
  let end = at + 1;
  for (; end < source.length && (source[end] !== "/" || isInClass); end++) {
    if (source[end] === "\\") end++;
    else if (source[end] === "[") isInClass = true;
    else if (source[end] === "]") isInClass = false;
  }
  return end + 1;
}

/**
 * Reads an expression of a template. Loosest first: `a if b else c`, `or`, `and`, `not`, comparisons, `+ -`, `~`, `* / // %`,
 * `**`, minus, then what follows a value: `.name`, `[key]`, `(…)`; at last `|filter` and `is test`.
 */

import type { Token } from "./safe-template-lexer.ts";
import { maxDepth, TemplateError } from "./safe-template-limits.ts";
import type { Arguments, BinaryOperator, Comparison, Expression } from "./safe-template-nodes.ts";

/** The words of a tag, read from the left. */
export interface Reader {
  readonly line: number;
  readonly peek: (ahead?: number) => Token | undefined;
  readonly next: () => Token;
  /** Whether the next word is this sign or name; takes it then. */
  readonly take: (text: string) => boolean;
  readonly expect: (text: string) => void;
  readonly name: () => string;
  readonly end: () => void;
  /** Reads what stands inside of something. */
  readonly nested: <Read>(read: () => Read) => Read;
}

export function createReader(tokens: readonly Token[], line: number): Reader {
  let at = 0;
  let depth = 0;
  const fail = (wanted: string): never => {
    const found = tokens[at];
    throw new TemplateError(
      `expected ${wanted}, found ${found === undefined ? "the end of the tag" : `"${found.text}"`}`,
      line,
    );
  };
  const isWord = (text: string): boolean => {
    const token = tokens[at];
    return token !== undefined && token.text === text && (token.kind === "sign" || token.kind === "name");
  };
  return {
    line,
    peek: (ahead = 0) => tokens[at + ahead],
    next: () => tokens[at++] ?? fail("a value"),
    take(text) {
      if (!isWord(text)) return false;
      at++;
      return true;
    },
    expect(text) {
      if (!isWord(text)) fail(`"${text}"`);
      at++;
    },
    name() {
      const token = tokens[at];
      if (token?.kind !== "name") return fail("a name");
      at++;
      return token.text;
    },
    end() {
      if (at < tokens.length) fail("the end of the tag");
    },
    nested(read) {
      if (++depth > maxDepth) throw new TemplateError(`an expression is more than ${maxDepth} deep`, line);
      const found = read();
      depth--;
      return found;
    },
  };
}

export function readExpression(reader: Reader): Expression {
  return reader.nested(() => {
    const value = readOr(reader);
    if (!reader.take("if")) return value;
    const test = readOr(reader);
    return { kind: "choice", test, then: value, otherwise: reader.take("else") ? readExpression(reader) : null };
  });
}

/** Without `a if b else c`: the items of a loop are followed by its own `if`. */
export function readOr(reader: Reader): Expression {
  let left = readAnd(reader);
  while (reader.take("or")) left = { kind: "or", left, right: readAnd(reader) };
  return left;
}

function readAnd(reader: Reader): Expression {
  let left = readNot(reader);
  while (reader.take("and")) left = { kind: "and", left, right: readNot(reader) };
  return left;
}

function readNot(reader: Reader): Expression {
  return reader.take("not") ? reader.nested(() => ({ kind: "not", of: readNot(reader) })) : readComparison(reader);
}

const comparisons: readonly Comparison[] = ["==", "!=", "<=", ">=", "<", ">", "in"];

function readComparison(reader: Reader): Expression {
  const first = readSum(reader);
  const rest: { operator: Comparison; value: Expression }[] = [];
  for (;;) {
    const operator = takeComparison(reader);
    if (operator === undefined) return rest.length === 0 ? first : { kind: "compare", first, rest };
    rest.push({ operator, value: readSum(reader) });
  }
}

function takeComparison(reader: Reader): Comparison | undefined {
  if (reader.peek()?.text === "not" && reader.peek(1)?.text === "in") {
    reader.next();
    reader.next();
    return "not in";
  }
  return comparisons.find((operator) => reader.take(operator));
}

function readSum(reader: Reader): Expression {
  return readBinary(reader, ["+", "-"], readJoin);
}

function readJoin(reader: Reader): Expression {
  return readBinary(reader, ["~"], readProduct);
}

function readProduct(reader: Reader): Expression {
  return readBinary(reader, ["*", "//", "/", "%"], readPower);
}

function readPower(reader: Reader): Expression {
  return readBinary(reader, ["**"], readUnary);
}

function readBinary(
  reader: Reader,
  operators: readonly BinaryOperator[],
  readPart: (reader: Reader) => Expression,
): Expression {
  let left = readPart(reader);
  for (;;) {
    const operator = operators.find((sign) => reader.take(sign));
    if (operator === undefined) return left;
    left = { kind: "binary", operator, left, right: readPart(reader) };
  }
}

function readUnary(reader: Reader): Expression {
  return readFilters(reader, readSigned(reader));
}

/** The minus belongs to the value, and a filter to both. */
function readSigned(reader: Reader): Expression {
  if (reader.take("-")) return reader.nested(() => ({ kind: "negative", of: readSigned(reader) }));
  return readParts(reader, readValue(reader));
}

function readParts(reader: Reader, value: Expression): Expression {
  let of = value;
  for (;;) {
    if (reader.take(".")) of = readAttribute(reader, of);
    else if (reader.take("[")) of = readItem(reader, of);
    else if (reader.take("(")) of = { kind: "call", of, given: readArguments(reader) };
    else return of;
  }
}

function readFilters(reader: Reader, value: Expression): Expression {
  let of = value;
  for (;;) {
    if (reader.take("|")) of = { kind: "filter", of, name: reader.name(), given: readOptionalArguments(reader) };
    else if (reader.take("is")) of = readTest(reader, of);
    else return of;
  }
}

function readAttribute(reader: Reader, of: Expression): Expression {
  const token = reader.peek();
  if (token?.kind !== "number") return { kind: "attribute", of, name: reader.name() };
  reader.next();
  return { kind: "item", of, key: { kind: "literal", value: toNumber(token) } };
}

function readItem(reader: Reader, of: Expression): Expression {
  const start = reader.peek()?.text === ":" ? null : readExpression(reader);
  if (!reader.take(":")) {
    reader.expect("]");
    return { kind: "item", of, key: start ?? { kind: "literal", value: null } };
  }
  const end = reader.peek()?.text === "]" ? null : readExpression(reader);
  reader.expect("]");
  return { kind: "slice", of, start, end };
}

function readTest(reader: Reader, of: Expression): Expression {
  const isNegated = reader.take("not");
  const token = reader.peek();
  const name = token?.text === "in" ? reader.next().text : reader.name();
  const following = reader.peek();
  const isBare = following?.kind === "text" || following?.kind === "number";
  const given = isBare ? { values: [readValue(reader)], named: {} } : readOptionalArguments(reader);
  return { kind: "test", of, name, given, isNegated };
}

function readOptionalArguments(reader: Reader): Arguments {
  return reader.take("(") ? readArguments(reader) : { values: [], named: {} };
}

/** Behind the bracket. */
function readArguments(reader: Reader): Arguments {
  const values: Expression[] = [];
  const named: Record<string, Expression> = Object.create(null);
  while (!reader.take(")")) {
    if (reader.peek()?.kind === "name" && reader.peek(1)?.text === "=" && reader.peek(1)?.kind === "sign") {
      const name = reader.name();
      reader.expect("=");
      named[name] = readExpression(reader);
    } else values.push(readExpression(reader));
    if (!reader.take(",")) {
      reader.expect(")");
      break;
    }
  }
  return { values, named };
}

const constants: Readonly<Record<string, boolean | null>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
};

function readValue(reader: Reader): Expression {
  const token = reader.next();
  switch (token.kind) {
    case "text":
      return { kind: "literal", value: token.text };
    case "number":
      return { kind: "literal", value: toNumber(token) };
    case "name":
      return Object.hasOwn(constants, token.text)
        ? { kind: "literal", value: constants[token.text] ?? null }
        : { kind: "name", name: token.text };
    case "sign":
      return readBracketed(reader, token);
  }
}

function readBracketed(reader: Reader, token: Token): Expression {
  switch (token.text) {
    case "(": {
      const first = readExpression(reader);
      if (reader.take(")")) return first;
      reader.expect(",");
      return { kind: "list", items: [first, ...readItems(reader, ")")] };
    }
    case "[":
      return { kind: "list", items: readItems(reader, "]") };
    case "{":
      return readMapping(reader);
    default:
      throw new TemplateError(`expected a value, found "${token.text}"`, reader.line);
  }
}

function readItems(reader: Reader, close: string): readonly Expression[] {
  const items: Expression[] = [];
  while (!reader.take(close)) {
    items.push(readExpression(reader));
    if (!reader.take(",")) {
      reader.expect(close);
      break;
    }
  }
  return items;
}

function readMapping(reader: Reader): Expression {
  const entries: { key: Expression; value: Expression }[] = [];
  while (!reader.take("}")) {
    const key = readExpression(reader);
    reader.expect(":");
    entries.push({ key, value: readExpression(reader) });
    if (!reader.take(",")) {
      reader.expect("}");
      break;
    }
  }
  return { kind: "mapping", entries };
}

function toNumber(token: Token): number {
  return Number(token.text.replaceAll("_", ""));
}

/**
 * JSON as Python's json module writes it. Prefect's checksums are digests of such texts, so they must come out the same to
 * the letter; what differs from JavaScript is numbers (1.0 is not 1), spaces, and that all is ASCII.
 */

/** A number with the text that it was read from. */
export class SourceNumber {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** Reads JSON with its numbers as {@link SourceNumber}s. @throws SyntaxError */
export function parseWithSources(text: string): unknown {
  const revive: Reviver = (_, value, { source }) =>
    typeof value === "number" && source !== undefined ? new SourceNumber(source) : value;
  return JSON.parse(text, revive as (key: string, value: unknown) => unknown);
}

/** What `json.dumps(value, sort_keys=True)` gives. A number without its source is written as a float only if it must be. */
export function toPythonJson(value: unknown): string {
  if (value instanceof SourceNumber) return toNumber(value.source);
  if (typeof value === "number") return toNumber(String(value));
  if (typeof value === "string") return toText(value);
  if (Array.isArray(value)) return `[${value.map(toPythonJson).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).toSorted(([one], [other]) => compareCodePoints(one, other));
    return `{${fields.map(([key, field]) => `${toText(key)}: ${toPythonJson(field)}`).join(", ")}}`;
  }
  return JSON.stringify(value ?? null);
}

function toText(text: string): string {
  const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, escape);
}

function toNumber(source: string): string {
  return /[.eE]/.test(source) ? toFloat(Number(source)) : source;
}

/** The shortest digits that give the number, as in JavaScript; the exponent begins elsewhere. */
function toFloat(value: number): string {
  const [digits = "", power = ""] = value.toExponential().split("e");
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  const text = Object.is(value, -0) ? "-0" : String(value);
  return text.includes(".") ? text : `${text}.0`;
}

/** JavaScript compares UTF-16, where the characters above U+FFFF come before some below. */
function compareCodePoints(one: string, other: string): number {
  const [mine, theirs] = [Array.from(one), Array.from(other)];
  for (const [index, character] of mine.entries()) {
    const difference = (character.codePointAt(0) ?? 0) - (theirs[index]?.codePointAt(0) ?? -1);
    if (difference !== 0) return difference;
  }
  return mine.length - theirs.length;
}

/** JSON that is read to be printed again: what a number of JavaScript cannot hold comes out as it went in. */

/** What JSON has since ES2026, and its types do not yet. */
interface ExactJson {
  readonly parse: (
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ) => unknown;
  readonly rawJSON: (text: string) => object;
  readonly isRawJSON: (value: unknown) => boolean;
}

const json = JSON as unknown as ExactJson;

/**
 * As JSON.parse, for JSON.stringify: a number that this would write otherwise, such as one above 2^53, is an object that
 * stands for its digits.
 *
 * @throws SyntaxError
 */
export function parseExactly(text: string): unknown {
  return json.parse(text, (_, value, { source }) =>
    typeof value === "number" && source !== undefined && String(value) !== source ? json.rawJSON(source) : value,
  );
}

/** Of values that parseExactly() has read. */
export function isNumber(value: unknown): boolean {
  return typeof value === "number" || json.isRawJSON(value);
}

/** A belief of the program that turned out false: a bug, and never a user's mistake. */
export class AssertionFailure extends Error {
  override readonly name = "AssertionFailure";
  readonly code: string;

  constructor(code: string, detail?: string) {
    super(detail === undefined ? code : `${code}: ${detail}`);
    this.code = code;
  }
}

/**
 * Throws unless the condition holds.
 *
 * @param code what was believed, in a few words joined by hyphens: `run-has-owner`
 * @throws AssertionFailure
 */
export function assert(condition: unknown, code: string, detail?: string): asserts condition {
  if (!condition) throw new AssertionFailure(code, detail);
}

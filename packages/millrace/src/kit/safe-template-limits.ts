/** What a template may use at most, and the error that says it is not one. */

/** Characters of a template's source. */
export const maxTemplateChars = 100_000;
/** `for` loops in a template, and how deep they may stand in each other. */
export const maxLoops = 10;
export const maxLoopDepth = 2;
/** Expressions in expressions, and blocks in blocks. */
export const maxDepth = 60;
/** Words and signs of a tag. A chain of sums is as deep as it is long, so this bounds the stack too. */
export const maxTokens = 1000;
/** Numbers that `range` makes. */
export const maxRange = 100;
/** Parts that are evaluated, and items that are gone through, for one text. */
export const defaultMaxSteps = 100_000;
/** Characters of the text that is made, and of each text on the way to it. */
export const defaultMaxChars = 1_000_000;

/** A template that cannot be read or filled. `line` counts from 1. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
  readonly line: number | null;

  constructor(message: string, line: number | null = null) {
    super(line === null ? message : `line ${line}: ${message}`);
    this.line = line;
  }
}

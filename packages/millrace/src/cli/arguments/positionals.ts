/** The arguments that are told apart by their place. */

import { UsageProblem } from "./usage-problem.ts";

export interface Positional<T> {
  readonly description: string;
  readonly isRequired: boolean;
  readonly isMany: boolean;
  read(words: readonly string[], name: string): T;
}

export function required(description: string): Positional<string> {
  return { description, isRequired: true, isMany: false, read: (words, name) => words[0] ?? missing(name) };
}

export function optional(description: string): Positional<string | undefined> {
  return { description, isRequired: false, isMany: false, read: (words) => words[0] };
}

/** One or more; only at the end. */
export function several(description: string): Positional<readonly string[]> {
  return {
    description,
    isRequired: true,
    isMany: true,
    read: (words, name) => (words.length === 0 ? missing(name) : words),
  };
}

/** Any number; only at the end. */
export function anyNumber(description: string): Positional<readonly string[]> {
  return { description, isRequired: false, isMany: true, read: (words) => words };
}

function missing(name: string): never {
  throw new UsageProblem(`<${name}> is missing`);
}

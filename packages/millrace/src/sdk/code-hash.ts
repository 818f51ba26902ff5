import { hashText } from "../kit/digest.ts";

/** Definitions that are made of one function again and again, by `withOptions()`, have its text read once. */
const hashes = new WeakMap<(...args: never[]) => unknown, string>();

/** Of the source text of a function. */
export function codeHashOf(fn: (...args: never[]) => unknown): string {
  const known = hashes.get(fn);
  if (known !== undefined) return known;
  const hash = hashText(fn.toString()).slice(0, 16);
  hashes.set(fn, hash);
  return hash;
}

/** Digests of values: equal for values of equal content, in every process. For cache keys and the identity of calls. */

import { DigestError, DigestWalk, type Functions, type Reference } from "./digest-walk.ts";
import { sha256 } from "./sha256.ts";

export { DigestError };

/** The SHA-256 of a text's UTF-8, in hex. */
export function hashText(text: string): string {
  return sha256(text, "hex");
}

/** The SHA-256 of bytes, in hex. */
export function hashBytes(bytes: Uint8Array): string {
  return sha256(bytes, "hex");
}

/** 22 characters of base64url: more than 128 bits. */
const digestLength = 22;

/** Primitives up to this length are digested without a walk; so is a call whose arguments all are. */
const maxShortText = 1024;

/**
 * Makes a function that digests a list of values to 22 characters of base64url, from a SHA-256.
 *
 * Values count by content: the order of properties, and of the entries of maps and sets, does not matter; whether one
 * object stands in two places or two equal ones do, does not matter; types do (1 and "1", undefined and absent, 0 and -0, a
 * Buffer and a Uint8Array, instances of two classes). A function counts by its name and source text, an error by name,
 * message, cause and properties, a class instance by the class's name and its own enumerable properties; one with a toJSON()
 * as what that gives. So a value that was kept as JSON, and is read again, has the digest that it had. Above a million objects within one value, the order of entries and shared objects may matter.
 *
 * @param options.reference gives a text that counts in place of an object's content, or undefined
 * @param options.functions "refused": functions have no content to compare, since their source does not show what they
 *   close over. Default "by-source".
 * @throws DigestError, which names the place, for what has no content to compare: promises, streams, private fields …
 */
export function createDigest(
  options: { readonly reference?: Reference; readonly functions?: Functions } = {},
): (values: readonly unknown[]) => string {
  return (values) => {
    const text = shortText(values) ?? new DigestWalk(options).run(values);
    return sha256(text, "base64url").slice(0, digestLength);
  };
}

/** What is hashed for a list of short primitives; null when there is anything else in it. */
function shortText(values: readonly unknown[]): string | null {
  let text = `a${values.length}:`;
  for (const value of values) {
    switch (typeof value) {
      case "string":
        if (value.length > maxShortText || !value.isWellFormed()) return null;
        text += `s${value.length}:${value}`;
        break;
      case "number":
        text += Object.is(value, -0) ? "n-0;" : `n${value};`;
        break;
      case "boolean":
        text += value ? "t" : "f";
        break;
      case "undefined":
        text += "u";
        break;
      default:
        if (value !== null) return null;
        text += "0";
    }
  }
  return text;
}

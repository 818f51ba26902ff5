/** Plain data as JSON text. JSON.stringify drops what it cannot write; here that is named by its place in the value. */

import { className } from "../kit/kinds.ts";

/** The text; or where in the value something stands that JSON cannot represent, and why it cannot. */
export type JsonText = { readonly text: string } | { readonly path: string; readonly reason: string };

export interface JsonTextOptions {
  /** What the value is called in a path: `rows[3].price` begins with `rows`. */
  readonly root: string;
  /** Whether NaN and the infinities are refused, or written as null as JSON.stringify does. Default "refused". */
  readonly nonFinite?: "refused" | "null";
}

const maxDepth = 500;

/** Objects are their own properties, or what their `toJSON` gives; properties that are undefined are left out. */
export function toJsonText(value: unknown, { root, nonFinite = "refused" }: JsonTextOptions): JsonText {
  const path: string[] = [root];
  const within: object[] = [];

  /** Why the value at the path cannot be written; null when it can. The path is left at the culprit. */
  const visit = (value: unknown, key: string): string | null => {
    switch (typeof value) {
      case "string":
      case "boolean":
        return null;
      case "number":
        return Number.isFinite(value) || nonFinite === "null" ? null : `is ${value}`;
      case "object":
        return value === null ? null : visitObject(value, key);
      case "undefined":
        return within.length === 0 ? "is undefined" : null;
      default:
        return `is a ${typeof value}`;
    }
  };

  const visitObject = (value: object, key: string): string | null => {
    if (within.includes(value)) return "refers to an object around it";
    if (within.length === maxDepth) return `is nested more than ${maxDepth} deep`;
    within.push(value);
    const reason = visitInside(value, key);
    within.pop();
    return reason;
  };

  const visitInside = (value: object, key: string): string | null => {
    if ("toJSON" in value && typeof value.toJSON === "function") return visit(value.toJSON(key), key);
    const isArray = Array.isArray(value);
    if (!isArray && Symbol.iterator in value) return `is a ${className(value)}; make an array or an object of it`;
    for (const [name, each] of Object.entries(value)) {
      path.push(isArray ? `[${name}]` : `.${name}`);
      const reason = visit(each, name);
      if (reason !== null) return reason;
      path.pop();
    }
    return null;
  };

  const reason = visit(value, "");
  return reason === null ? { text: JSON.stringify(value) } : { path: path.join(""), reason };
}

/** The value of a variable as people write it: JSON where it can be read as that, a text else, as the command line takes it. */

import { toCommand } from "../../format/shell.ts";

/** `value` is JSON text. */
export function toWritten(value: string): string {
  try {
    const read = JSON.parse(value) as unknown;
    if (typeof read !== "string") return typeof read === "object" ? JSON.stringify(read, null, 2) : value;
    // A text that would be read as something else is shown with its quotes.
    return fromWritten(read) === value ? read : value;
  } catch {
    return value;
  }
}

/** @returns JSON text */
export function fromWritten(written: string): string {
  try {
    return JSON.stringify(JSON.parse(written));
  } catch {
    return JSON.stringify(written);
  }
}

/** The command that sets it so; a value that looks like an option stands last, where none is read any more. */
export function toSetCommand(name: string, written: string, tags: readonly string[]): string {
  const options = tags.flatMap((tag) => (tag.startsWith("-") ? [`--tag=${tag}`] : ["--tag", tag]));
  const isLikeOption = /^-[^\d]/.test(written);
  return toCommand("variable", "set", name, ...(isLikeOption ? [...options, "--", written] : [written, ...options]));
}

/** Separated by commas. */
export function toTags(written: string): readonly string[] {
  return [...new Set(written.split(",").map((tag) => tag.trim()))].filter((tag) => tag !== "");
}

/** Why a name is none; null when it is one. */
export function nameFault(name: string): string | null {
  if (!/^[a-z0-9_-]+$/.test(name)) return "Use lower-case letters, digits, - and _";
  return name.length > 255 ? "Use 255 characters at most" : null;
}

/** What is wrong with values, by where it is. */

import type { ValueFault } from "millrace/client";

const isPrefix = (path: readonly string[], longer: readonly string[]): boolean =>
  path.length <= longer.length && path.every((part, index) => part === longer[index]);

/** Of a place itself. */
export function faultsAt(faults: readonly ValueFault[], path: readonly string[]): readonly ValueFault[] {
  return faults.filter((fault) => fault.path.length === path.length && isPrefix(path, fault.path));
}

/** Of a place and of what is in it. */
export function faultsUnder(faults: readonly ValueFault[], path: readonly string[]): readonly ValueFault[] {
  return faults.filter((fault) => isPrefix(path, fault.path));
}

/** `options.tags[2]` */
export function toPathText(path: readonly string[]): string {
  return path.reduce((text, part) => {
    if (/^\d+$/.test(part)) return `${text}[${part}]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}

/** Several messages in one line; what says the same is said once. */
export function toMessage(faults: readonly ValueFault[]): string | null {
  return faults.length === 0 ? null : [...new Set(faults.map(({ message }) => message))].join("; ");
}

/** The kinds of options that commands take. Each is written once and drives parsing, help and completion. */

import { type Duration, toMs } from "../../kit/duration.ts";
import { nearest } from "../../kit/nearest.ts";
import { UsageProblem } from "./usage-problem.ts";

export interface Option<T> {
  /** What help shows for the value; null for a flag, which takes none. */
  readonly value: string | null;
  readonly description: string;
  /** One letter. */
  readonly short?: string;
  /** What the value may be, for help and completion. */
  readonly choices?: readonly string[];
  /** True when `--name` alone is allowed although a value may follow after `=`. */
  readonly valueIsOptional?: boolean;
  /** What `--no-name` writes; absent: there is no such form. */
  readonly negated?: string;
  /** The value of all occurrences, as they were written; none when the option is absent. Throws UsageProblem. */
  read(texts: readonly string[], name: string): T;
}

interface Extras {
  readonly short?: string;
}

/** True when it is given; `--no-name` takes it back. */
export function flag(description: string, extras: Extras = {}): Option<boolean> {
  return { value: null, description, negated: "false", ...extras, read: (each) => each.at(-1) === "true" };
}

/** The same, where what holds without it is a setting: undefined when neither `--name` nor `--no-name` is given. */
export function flagOverSetting(description: string, extras: Extras = {}): Option<boolean | undefined> {
  return { ...flag(description, extras), read: (each) => (each.length === 0 ? undefined : each.at(-1) === "true") };
}

export function text(value: string, description: string, extras: Extras = {}): Option<string | undefined> {
  return { value, description, ...extras, read: (each) => each.at(-1) };
}

/** May be given several times. */
export function texts(value: string, description: string, extras: Extras = {}): Option<readonly string[]> {
  return { value, description, ...extras, read: (each) => each };
}

export function wholeNumber(
  value: string,
  description: string,
  { initial, max, ...extras }: Extras & { readonly initial: number; readonly max: number },
): Option<number> {
  return {
    value,
    description: `${description} Default ${initial}.`,
    ...extras,
    read(each, name) {
      const last = each.at(-1);
      if (last === undefined) return initial;
      if (/^\d+$/.test(last) && Number(last) <= max) return Number(last);
      throw new UsageProblem(`--${name} takes a whole number up to ${max}, not \`${last}\``);
    },
  };
}

/** A number of at least `min` (default 0) and at most `max`, a whole one where it is not said that it may have a fraction. */
export function number(
  value: string,
  description: string,
  {
    min = 0,
    max = Number.MAX_VALUE,
    mayBeFraction = false,
    ...extras
  }: Extras & { readonly min?: number; readonly max?: number; readonly mayBeFraction?: boolean } = {},
): Option<number | undefined> {
  return {
    value,
    description,
    ...extras,
    read(each, name) {
      const last = each.at(-1);
      return last === undefined ? undefined : toNumber(last, `--${name}`, { min, max, mayBeFraction });
    },
  };
}

/** @throws UsageProblem that names what was written */
export function toNumber(
  written: string,
  what: string,
  {
    min = 0,
    max = Number.MAX_VALUE,
    mayBeFraction = false,
  }: { readonly min?: number; readonly max?: number; readonly mayBeFraction?: boolean } = {},
): number {
  const pattern = mayBeFraction ? /^\d+(\.\d+)?$/ : /^\d{1,15}$/;
  if (pattern.test(written) && Number(written) >= min && Number(written) <= max) return Number(written);
  const kind = mayBeFraction ? "a number" : "a whole number";
  const from = min === 0 ? "" : ` from ${min}${max === Number.MAX_VALUE ? " on" : ""}`;
  const upTo = max === Number.MAX_VALUE ? "" : ` up to ${max}`;
  throw new UsageProblem(`${what} takes ${kind}${from}${upTo}, not \`${written}\``);
}

export function choice<const T extends string>(
  choices: readonly T[],
  description: string,
  extras: Extras & { readonly bare?: T; readonly negated?: T } = {},
): Option<T | undefined> {
  const { bare, ...rest } = extras;
  return {
    value: choices.join("|"),
    choices,
    description,
    ...rest,
    ...(bare === undefined ? {} : { valueIsOptional: true }),
    read(each, name) {
      const last = each.at(-1);
      if (last === undefined) return undefined;
      return last === "" && bare !== undefined ? bare : toChoice(last, choices, `--${name}`);
    },
  };
}

/** Several of a list, each given by an occurrence or by commas: `--state FAILED,CRASHED`. Case does not count. */
export function choices<const T extends string>(
  known: readonly T[],
  value: string,
  description: string,
  extras: Extras = {},
): Option<readonly T[]> {
  return {
    value,
    choices: known,
    description,
    ...extras,
    read: (each, name) =>
      each.flatMap((one) => one.split(",").map((part) => toChoice(part.trim(), known, `--${name}`))),
  };
}

function toChoice<T extends string>(written: string, known: readonly T[], what: string): T {
  const found = known.find((each) => each.toLowerCase() === written.toLowerCase());
  if (found !== undefined) return found;
  const meant = nearest(written, known);
  const advice = meant === null ? `it takes one of ${known.join(", ")}` : `did you mean \`${meant}\`?`;
  throw new UsageProblem(`${what} does not take \`${written}\``, advice);
}

/** A duration in ms: "10m", "2h", "3 days". */
export function duration(description: string, extras: Extras = {}): Option<number | undefined> {
  return {
    value: "DURATION",
    description,
    ...extras,
    read(each, name) {
      const last = each.at(-1);
      if (last === undefined) return undefined;
      try {
        return toMs(last as Duration);
      } catch (error) {
        throw new UsageProblem(`--${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
}

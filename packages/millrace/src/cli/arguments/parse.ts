/**
 * Reads the words of a command by its table of options and arguments. Options may stand anywhere; `--name value` and
 * `--name=value` are the same, short flags may be joined (`-fn 5`), and after `--` everything is an argument.
 */

import { nearest } from "../../kit/nearest.ts";
import { toOptionName } from "./option-names.ts";
import type { Option } from "./options.ts";
import type { Positional } from "./positionals.ts";
import { UsageProblem } from "./usage-problem.ts";

export type OptionTable = Readonly<Record<string, Option<unknown>>>;
export type PositionalTable = Readonly<Record<string, Positional<unknown>>>;

export type OptionValues<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer T> ? T : never;
};
export type PositionalValues<Table extends PositionalTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Positional<infer T> ? T : never;
};

export interface ParsedWords {
  readonly positionals: readonly string[];
  /** What was written for each option, by its property name. A flag is "true" or "false". */
  readonly written: ReadonlyMap<string, readonly string[]>;
}

/** Sorts the words into options and arguments. @throws UsageProblem for an option that is not in the table */
export function sortWords(words: readonly string[], options: OptionTable): ParsedWords {
  const names = new Map(Object.keys(options).map((property) => [toOptionName(property), property]));
  const shorts = new Map(
    Object.entries(options).flatMap(([property, { short }]) =>
      short === undefined ? [] : [[short, property] as const],
    ),
  );
  const positionals: string[] = [];
  const written = new Map<string, string[]>();
  const write = (property: string, value: string): void => {
    const values = written.get(property) ?? [];
    written.set(property, [...values, value]);
  };

  const queue = [...words];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === "--") {
      positionals.push(...queue.splice(0));
    } else if (word.startsWith("--")) {
      readLong(word.slice(2));
    } else if (/^-[^\d-]/.test(word)) {
      readShort(word.slice(1));
    } else {
      positionals.push(word);
    }
  }
  return { positionals, written };

  function readLong(word: string): void {
    const [, name = "", value] = /^([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const property = names.get(name);
    const negated = name.startsWith("no-") ? names.get(name.slice(3)) : undefined;
    const negatedValue = negated === undefined ? undefined : options[negated]?.negated;
    if (property === undefined && negated !== undefined && negatedValue !== undefined) write(negated, negatedValue);
    else if (property === undefined) throw unknownOption(`--${name}`, [...names.keys()]);
    else take(property, `--${name}`, value);
  }

  function isKnownOption(word: string | undefined): boolean {
    return word?.startsWith("--") === true && (word === "--" || names.has(word.slice(2).replace(/=.*/s, "")));
  }

  function readShort(letters: string): void {
    const [first = "", ...rest] = letters;
    const property = shorts.get(first);
    if (property === undefined) throw new UsageProblem(`there is no option -${first}`);
    const left = rest.join("");
    if (options[property]?.value === null) {
      write(property, "true");
      if (left !== "") readShort(left);
    } else {
      take(property, `-${first}`, left === "" ? undefined : left.replace(/^=/, ""));
    }
  }

  function take(property: string, shown: string, value: string | undefined): void {
    const option = options[property];
    if (option?.value === null) {
      if (value !== undefined) throw new UsageProblem(`${shown} takes no value`);
      write(property, "true");
    } else if (value !== undefined) {
      write(property, value);
    } else if (option?.valueIsOptional === true) {
      write(property, "");
    } else {
      const next = isKnownOption(queue[0]) ? undefined : queue.shift();
      if (next === undefined) throw new UsageProblem(`${shown} needs a value: ${shown} ${option?.value ?? ""}`.trim());
      write(property, next);
    }
  }
}

function unknownOption(shown: string, known: readonly string[]): UsageProblem {
  const word = shown.slice(2);
  const begins = [...known].filter((name) => word !== "" && name.startsWith(word));
  const meant = begins.length === 1 ? begins[0] : nearest(word, known);
  return new UsageProblem(`there is no option ${shown}`, meant == null ? null : `did you mean --${meant}?`);
}

/** @throws UsageProblem for a value that an option does not take */
export function readOptions<Table extends OptionTable>(table: Table, { written }: ParsedWords): OptionValues<Table> {
  const values = Object.entries(table).map(([property, option]) => [
    property,
    option.read(written.get(property) ?? [], toOptionName(property)),
  ]);
  return Object.fromEntries(values) as OptionValues<Table>;
}

/** @throws UsageProblem when there are too few words, or too many */
export function readPositionals<Table extends PositionalTable>(
  table: Table,
  { positionals }: ParsedWords,
): PositionalValues<Table> {
  const left = [...positionals];
  const values = Object.entries(table).map(([name, positional]) => [
    name,
    positional.read(left.splice(0, positional.isMany ? left.length : 1), name),
  ]);
  if (left.length > 0) throw new UsageProblem(`\`${left.join(" ")}\` is one argument too many`);
  return Object.fromEntries(values) as PositionalValues<Table>;
}

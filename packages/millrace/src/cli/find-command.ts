/** Which command the words mean. */

import { nearest } from "../kit/nearest.ts";
import { UsageProblem } from "./arguments/usage-problem.ts";
import { type CommandEntry, commandGroups, commandTable, groupAliases } from "./command-table.ts";
import { globalOptions } from "./global-options.ts";
import { toOptionName } from "./arguments/option-names.ts";

export type FoundCommand =
  | { readonly kind: "command"; readonly entry: CommandEntry; readonly words: readonly string[] }
  /** The words end at a group, or there are none: its commands are listed. */
  | { readonly kind: "group"; readonly group: string; readonly words: readonly string[] };

/** Options that stand before the command are given to it. @throws UsageProblem for a command that is not there */
export function findCommand(argv: readonly string[]): FoundCommand {
  const start = skipOptions(argv);
  const before = argv.slice(0, start);
  const path: string[] = [];
  for (const written of argv.slice(start)) {
    const word =
      path.length === 0 && Object.hasOwn(groupAliases, written) ? (groupAliases[written] ?? written) : written;
    const longer = [...path, word].join(" ");
    const entry = commandTable.find((each) => each.path === longer);
    if (entry !== undefined) {
      return { kind: "command", entry, words: [...before, ...argv.slice(start + path.length + 1)] };
    }
    if (!commandTable.some((each) => each.path.startsWith(`${longer} `))) {
      if (!word.startsWith("-")) throw unknownCommand(path.join(" "), word);
      break;
    }
    path.push(word);
  }
  return { kind: "group", group: path.join(" "), words: [...before, ...argv.slice(start + path.length)] };
}

/** How many words are options before the command, with their values. */
function skipOptions(argv: readonly string[]): number {
  const withValue = new Set(
    Object.entries(globalOptions).flatMap(([property, option]) =>
      option.value !== null && !("valueIsOptional" in option) ? [`--${toOptionName(property)}`] : [],
    ),
  );
  let index = 0;
  while (argv[index]?.startsWith("-") === true) index += withValue.has(argv[index] ?? "") ? 2 : 1;
  return Math.min(index, argv.length);
}

function unknownCommand(group: string, word: string): UsageProblem {
  const prefix = group === "" ? "" : `${group} `;
  const known = new Set(
    commandTable.flatMap(({ path }) =>
      path.startsWith(prefix) ? [path.slice(prefix.length).split(" ")[0] ?? ""] : [],
    ),
  );
  const meant = nearest(word, known);
  return new UsageProblem(
    `there is no command \`${prefix}${word}\``,
    meant === null ? `\`millrace ${prefix}--help\` lists the commands` : `did you mean \`millrace ${prefix}${meant}\`?`,
  );
}

/** The groups and commands directly under a group, in the order of the table. */
export function listUnder(group: string): readonly { readonly path: string; readonly entry: CommandEntry | null }[] {
  const prefix = group === "" ? "" : `${group} `;
  const found = new Map<string, CommandEntry | null>();
  for (const entry of commandTable) {
    if (!entry.path.startsWith(prefix)) continue;
    const [word = ""] = entry.path.slice(prefix.length).split(" ");
    const path = prefix + word;
    if (!found.has(path)) found.set(path, path in commandGroups ? null : entry);
  }
  return [...found].map(([path, entry]) => ({ path, entry }));
}

import { toOptionName } from "../../arguments/option-names.ts";
import type { OptionTable } from "../../arguments/parse.ts";
import { commandGroups, commandTable } from "../../command-table.ts";
import { globalOptions } from "../../global-options.ts";

/** A command or a group, as completion sees it. */
export interface CommandWords {
  /** "" for the command line itself. */
  readonly path: string;
  /** The words that may follow, with what they stand for. */
  readonly words: readonly { readonly word: string; readonly summary: string }[];
  readonly options: readonly OptionWords[];
  /** True where an argument is the name of a file. */
  readonly takesFiles: boolean;
}

export interface OptionWords {
  readonly name: string;
  readonly short: string | null;
  readonly description: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

/** The command line, its groups and its commands. */
export async function readCommandWords(): Promise<readonly CommandWords[]> {
  const commands = await Promise.all(
    commandTable.map(async ({ path, load }) => {
      const command = await load();
      const takesFiles = Object.keys(command.positionals).some((name) => /file|folder/.test(name));
      const options = toOptionWords({ ...command.options, ...globalOptions });
      return { path, summary: command.summary, options, takesFiles };
    }),
  );
  const groups = ["", ...Object.keys(commandGroups)].map((path) => {
    const prefix = path === "" ? "" : `${path} `;
    const under = [
      ...Object.entries(commandGroups),
      ...commands.map((command) => [command.path, command.summary] as const),
    ];
    const words = under.flatMap(([longer, summary]) => {
      const word = longer.startsWith(prefix) ? longer.slice(prefix.length) : "";
      return word === "" || word.includes(" ") ? [] : [{ word, summary }];
    });
    return { path, words, options: toOptionWords(globalOptions), takesFiles: false };
  });
  return [...groups, ...commands.map((command) => ({ ...command, words: [] }))];
}

function toOptionWords(options: OptionTable): readonly OptionWords[] {
  return Object.entries(options).map(
    ([property, { short = null, description, value, choices = [], valueIsOptional }]) => ({
      name: toOptionName(property),
      short,
      description,
      takesValue: value !== null && valueIsOptional !== true,
      choices,
    }),
  );
}

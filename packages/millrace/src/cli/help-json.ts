/** Help for programs: `--help --json`. */

import { toOptionName } from "./arguments/option-names.ts";
import type { OptionTable } from "./arguments/parse.ts";
import type { AnyCommand, Example } from "./command.ts";
import { commandGroups } from "./command-table.ts";
import { listUnder } from "./find-command.ts";
import { globalOptions } from "./global-options.ts";
import { usageLine } from "./help.ts";

interface OptionHelp {
  /** As it is written: `--limit`. */
  readonly option: string;
  readonly short: string | null;
  /** What stands for its value; null for one that takes none. */
  readonly value: string | null;
  readonly description: string;
}

export interface CommandHelp {
  readonly command: string;
  readonly summary: string;
  readonly details: readonly string[];
  readonly usage: string;
  readonly arguments: readonly {
    readonly name: string;
    readonly isRequired: boolean;
    readonly isMany: boolean;
    readonly description: string;
  }[];
  readonly options: readonly OptionHelp[];
  readonly examples: readonly Example[];
}

export function commandHelp(path: string, command: AnyCommand): CommandHelp {
  return {
    command: path,
    summary: command.summary,
    details: command.details ?? [],
    usage: usageLine(path, command),
    arguments: Object.entries(command.positionals).map(([name, { isRequired, isMany, description }]) => ({
      name,
      isRequired,
      isMany,
      description,
    })),
    options: [...optionsHelp(command.options), ...optionsHelp(globalOptions)],
    examples: command.examples.map(({ command: words, why }) => ({ command: `millrace ${words}`, why })),
  };
}

function optionsHelp(options: OptionTable): readonly OptionHelp[] {
  return Object.entries(options).map(([property, { short, value, description }]) => ({
    option: `--${toOptionName(property)}`,
    short: short === undefined ? null : `-${short}`,
    value,
    description,
  }));
}

export interface GroupHelp {
  /** Empty for the whole command line. */
  readonly group: string;
  /** Commands and groups directly under it. */
  readonly commands: readonly { readonly command: string; readonly isGroup: boolean; readonly summary: string }[];
}

export async function groupHelp(group: string): Promise<GroupHelp> {
  const commands = listUnder(group).map(async ({ path, entry }) => ({
    command: path,
    isGroup: entry === null,
    summary: entry === null ? (commandGroups[path] ?? "") : (await entry.load()).summary,
  }));
  return { group, commands: await Promise.all(commands) };
}

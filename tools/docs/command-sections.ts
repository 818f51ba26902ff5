/** The commands of the command line, from the table that runs them. */

import { toOptionName } from "../../packages/millrace/src/cli/arguments/option-names.ts";
import type { Option } from "../../packages/millrace/src/cli/arguments/options.ts";
import type { OptionTable, PositionalTable } from "../../packages/millrace/src/cli/arguments/parse.ts";
import { type AnyCommand, type Example, exitCodes } from "../../packages/millrace/src/cli/command.ts";
import { type CommandEntry, commandGroups, commandTable } from "../../packages/millrace/src/cli/command-table.ts";
import { globalOptions } from "../../packages/millrace/src/cli/global-options.ts";
import { usageLine } from "../../packages/millrace/src/cli/help.ts";
import { block, code, table } from "./markdown.ts";

/** Every command with its summary, and a link to its section. */
export async function renderCommandIndex(): Promise<string> {
  const rows = await Promise.all(
    commandTable.map(async ({ path, load }) => [
      `[millrace ${path}](#millrace-${anchor(path)})`,
      (await load()).summary,
    ]),
  );
  return table(["Command", "What it does"], rows);
}

/** A section for each command, under one for its group. */
export async function renderCommands(): Promise<string> {
  const sections: string[] = [];
  let group = "";
  for (const entry of commandTable) {
    const next = groupOf(entry.path);
    if (next !== group && next !== "") sections.push(`### ${next}: ${lowerFirst(commandGroups[next] ?? "")}`);
    group = next;
    sections.push(await renderCommand(entry));
  }
  return sections.join("\n\n");
}

/** The first word where it stands for several commands. */
function groupOf(path: string): string {
  const [word = ""] = path.split(" ");
  return word in commandGroups ? word : "";
}

async function renderCommand({ path, load }: CommandEntry): Promise<string> {
  const command = await load();
  return [
    `${groupOf(path) === "" ? "###" : "####"} millrace ${path}`,
    `${command.summary}.`,
    block("text", [usageLine(path, command)]),
    ...(command.details ?? []),
    ...renderWords(command),
    ...(command.examples.length === 0 ? [] : [block("sh", exampleLines(command.examples))]),
  ].join("\n\n");
}

function renderWords({ positionals, options }: AnyCommand): readonly string[] {
  const rows = [...positionalRows(positionals), ...optionRows(options)];
  return rows.length === 0 ? [] : [table(["Word", "What it is"], rows)];
}

function positionalRows(positionals: PositionalTable): readonly (readonly string[])[] {
  return Object.entries(positionals).map(([name, { description }]) => [code(`<${name}>`), description]);
}

function optionRows(options: OptionTable): readonly (readonly string[])[] {
  return Object.entries(options).map(([property, option]) => [
    code(optionTerm(toOptionName(property), option)),
    option.description,
  ]);
}

function optionTerm(name: string, { value, short, valueIsOptional }: Option<unknown>): string {
  const shown = value === null ? "" : valueIsOptional === true ? `[=${value}]` : ` ${value}`;
  return `${short === undefined ? "" : `-${short}, `}--${name}${shown}`;
}

/** The reasons stand under each other, behind the longest command. */
function exampleLines(examples: readonly Example[]): readonly string[] {
  const width = Math.max(...examples.map(({ command }) => command.length));
  return examples.map(({ command, why }) => `millrace ${why === "" ? command : `${command.padEnd(width)}   # ${why}`}`);
}

export function renderGlobalOptions(): string {
  return table(["Option", "What it does"], optionRows(globalOptions));
}

const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  ok: "It was done. A run that was started has completed, or waits for somebody (Paused, Suspended)",
  failed: "The run failed, crashed or was cancelled; or what was asked for could not be done",
  usage: "A word of the command, a setting or a parameter is wrong; nothing was done",
  notFound: "What was named is not there",
  interrupted: "Ctrl-C; the run can be resumed",
};

export function renderExitCodes(): string {
  const rows = Object.entries(exitCodes).map(([name, exitCode]) => [
    String(exitCode),
    exitCodeMeanings[name as keyof typeof exitCodes],
  ]);
  return table(["Exit code", "Meaning"], rows);
}

function anchor(path: string): string {
  return path.replaceAll(" ", "-");
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

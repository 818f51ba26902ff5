/** Help: what commands there are, and what one of them takes. */

import { displayWidth, pad } from "../kit/text.ts";
import { toOptionName } from "./arguments/option-names.ts";
import type { Option } from "./arguments/options.ts";
import type { OptionTable, PositionalTable } from "./arguments/parse.ts";
import type { AnyCommand } from "./command.ts";
import { commandGroups } from "./command-table.ts";
import { listUnder } from "./find-command.ts";
import { globalOptions } from "./global-options.ts";
import type { Output } from "./output/output.ts";
import { wrapText } from "./output/wrap-text.ts";

const maxWidth = 100;
const maxTermWidth = 30;

type Page = Pick<Output, "look" | "width">;

/** The line that says how a command is called: "millrace flow-run logs <run> [options]". */
export function usageLine(path: string, { positionals }: { readonly positionals: PositionalTable }): string {
  const words = Object.entries(positionals).map(([name, { isRequired, isMany }]) => {
    const many = isMany ? "…" : "";
    return isRequired ? `<${name}>${many}` : `[${name}]${many}`;
  });
  return ["millrace", path, ...words, "[options]"].join(" ");
}

export function renderCommandHelp(path: string, command: AnyCommand, page: Page): readonly string[] {
  const { paint } = page.look;
  const width = Math.min(page.width, maxWidth);
  const lines = [...wrapText(`${command.summary}.`, width)];
  lines.push("", paint.bold("Usage"), `  ${usageLine(path, command)}`);
  for (const paragraph of command.details ?? []) lines.push("", ...wrapText(paragraph, width));
  const positionals = Object.entries(command.positionals);
  if (positionals.length > 0) {
    const terms = positionals.map(([name, { description }]) => [`<${name}>`, description] as const);
    lines.push("", paint.bold("Arguments"), ...renderTerms(terms, width));
  }
  if (Object.keys(command.options).length > 0) {
    lines.push("", paint.bold("Options"), ...renderTerms(optionTerms(command.options), width));
  }
  lines.push("", paint.bold("Options of every command"), ...renderTerms(optionTerms(globalOptions), width));
  lines.push("", paint.bold("Examples"));
  for (const { command: words, why } of command.examples) {
    if (why !== "") lines.push(paint.dim(`  # ${why}`));
    lines.push(`  millrace ${words}`);
  }
  return lines;
}

/** The commands of a group; "" for all. */
export async function renderGroupHelp(group: string, page: Page): Promise<readonly string[]> {
  const { paint } = page.look;
  const width = Math.min(page.width, maxWidth);
  const terms: (readonly [string, string])[] = [];
  for (const { path, entry } of listUnder(group)) {
    const words = path.slice(group === "" ? 0 : group.length + 1);
    terms.push([
      entry === null ? `${words} …` : words,
      entry === null ? (commandGroups[path] ?? "") : (await entry.load()).summary,
    ]);
  }
  const name = group === "" ? "" : `${group} `;
  const title =
    group === ""
      ? "Millrace runs workflows, remembers what they did, and goes on where they stopped."
      : `${commandGroups[group] ?? group}.`;
  const lines = [...wrapText(title, width), "", paint.bold("Usage"), `  millrace ${name}<command> [options]`];
  lines.push("", paint.bold("Commands"), ...renderTerms(terms, width));
  lines.push(
    "",
    ...wrapText(`\`millrace ${name}<command> --help\` shows the options of a command, with examples.`, width),
  );
  if (group === "") lines.push("", ...renderTerms(exitCodeTerms, width));
  return lines;
}

const exitCodeTerms = [
  ["Exit codes", "0 ok, 1 the run failed, 2 wrong words or values (nothing was done), 3 not found, 130 interrupted"],
] as const;

function optionTerms(options: OptionTable): readonly (readonly [string, string])[] {
  return Object.entries(options).map(([property, option]) => [
    optionTerm(toOptionName(property), option),
    option.description,
  ]);
}

function optionTerm(name: string, { value, short, valueIsOptional }: Option<unknown>): string {
  const shown = value === null ? "" : valueIsOptional === true ? `[=${value}]` : ` ${value}`;
  return `${short === undefined ? "" : `-${short}, `}--${name}${shown}`;
}

/** Terms and what they mean, in two columns; a term that is too long has a line of its own. */
function renderTerms(terms: readonly (readonly [string, string])[], width: number): readonly string[] {
  const fitting = terms.map(([term]) => displayWidth(term)).filter((each) => each <= maxTermWidth);
  const column = Math.max(0, ...fitting);
  return terms.flatMap(([term, meaning]) => {
    const lines = wrapText(meaning, Math.max(20, width - column - 4));
    const indent = " ".repeat(column + 4);
    if (displayWidth(term) > column) return [`  ${term}`, ...lines.map((line) => indent + line)];
    const [first = "", ...rest] = lines;
    return [`  ${pad(term, column)}  ${first}`.trimEnd(), ...rest.map((line) => indent + line)];
  });
}

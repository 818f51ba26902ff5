import { describe, expect, it, test } from "vitest";
import { readOptions, readPositionals, sortWords } from "../../packages/millrace/src/cli/arguments/parse.ts";
import { findCommand } from "../../packages/millrace/src/cli/find-command.ts";
import { globalOptions } from "../../packages/millrace/src/cli/global-options.ts";
import { type MarkdownFile, proseOf, readMarkdownFiles } from "./markdown-files.ts";
import { splitCommands } from "./shell-words.ts";

/** Pages that tell readers what to type. */
const pages = readMarkdownFiles().filter(({ path }) => !/(^|\/)decisions\//.test(path));

describe("the commands in the pages", () => {
  it.each(pages)("$path has only commands and options that there are", async (page) => {
    const mistakes: string[] = [];
    for (const { words, isWhole } of commandsOf(page)) {
      const mistake = await mistakeIn(words, isWhole);
      if (mistake !== null) mistakes.push(`millrace ${words.join(" ")}: ${mistake}`);
    }
    expect(mistakes).toEqual([]);
  });

  it("are found, and mistakes in them", async () => {
    expect(pages.flatMap(commandsOf).length).toBeGreaterThan(50);
    expect(await mistakeIn(["flow-run", "list"], true)).toContain("there is no command");
    expect(await mistakeIn(["flow-run", "ls", "--stat", "FAILED"], true)).toContain("there is no option");
    expect(await mistakeIn(["flow-run", "inspect"], true)).toContain("is missing");
    expect(await mistakeIn(["flow-run", "inspect"], false)).toBeNull();
  });
});

interface FoundCommand {
  /** After `millrace`. */
  readonly words: readonly string[];
  /** Written to be typed as it is; false for a mention in a sentence, which may leave arguments out. */
  readonly isWhole: boolean;
}

function commandsOf(page: MarkdownFile): readonly FoundCommand[] {
  const lines = page.fences.filter(({ language }) => language === "sh").flatMap(({ content }) => content.split("\n"));
  const mentions = Array.from(proseOf(page).matchAll(/`(millrace [^`]+)`/g), ([, mention = ""]) => mention);
  return [
    ...lines.flatMap(splitCommands).map((words) => ({ words, isWhole: true })),
    ...mentions.flatMap(splitCommands).map((words) => ({ words, isWhole: false })),
  ].flatMap(({ words, isWhole }) => {
    const ours = argumentsOf(words);
    return ours === null ? [] : [{ words: ours, isWhole }];
  });
}

/** What is given to our command; null for another program. */
function argumentsOf(words: readonly string[]): readonly string[] | null {
  const program = words.join(" ");
  const [caller] = /^(npx millrace|npm run millrace --|millrace)( |$)/.exec(program) ?? [];
  return caller === undefined ? null : words.slice(caller.trim().split(" ").length);
}

async function mistakeIn(words: readonly string[], isWhole: boolean): Promise<string | null> {
  // `millrace flow-run …` names a group.
  const written = words.at(-1) === "…" && words.at(-2)?.startsWith("--") !== true ? words.slice(0, -1) : words;
  try {
    const found = findCommand(written);
    if (found.kind === "group") return null;
    const command = await found.entry.load();
    const sorted = sortWords(found.words, { ...command.options, ...globalOptions });
    readOptions({ ...command.options, ...globalOptions }, sorted);
    if (isWhole) readPositionals(command.positionals, sorted);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test("lines of a shell are split as a shell splits them", () => {
  expect(splitCommands(`A=1 millrace run f.ts -p 'n="1"' | head # why`)).toEqual([
    ["millrace", "run", "f.ts", "-p", 'n="1"'],
    ["head"],
  ]);
  expect(splitCommands(`npm install && echo "a b" > out.txt`)).toEqual([
    ["npm", "install"],
    ["echo", "a b"],
  ]);
});

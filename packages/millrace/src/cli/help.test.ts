import { expect, test } from "vitest";
import { displayWidth } from "../kit/text.ts";
import { readPositionals, sortWords } from "./arguments/parse.ts";
import { commandGroups, commandTable } from "./command-table.ts";
import { findCommand } from "./find-command.ts";
import { globalOptions } from "./global-options.ts";
import { renderCommandHelp, renderGroupHelp } from "./help.ts";
import { createLook } from "./output/look.ts";

const page = { width: 80, look: createLook({ color: false, unicode: true }) };

test.each(commandTable.map(({ path, load }) => [path, load] as const))(
  "help of `%s` fits 80 columns, and its examples are taken by it",
  async (path, load) => {
    const command = await load();
    const lines = renderCommandHelp(path, command, page);
    // An example is shown as it is typed.
    const wide = lines.filter((line) => displayWidth(line) > 80 && !line.startsWith("  millrace "));
    expect(wide).toEqual([]);
    expect(command.summary).not.toMatch(/\.$/);
    expect(command.examples.length).toBeGreaterThan(0);
    for (const { command: example } of command.examples) {
      const words = example.replace(/ [<>] .*$/, "").match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
      const found = findCommand(words.map((word) => word.replace(/^(['"])(.*)\1$/, "$2")));
      expect(found.kind === "command" && found.entry.path).toBe(path);
      const sorted = sortWords(found.words, { ...command.options, ...globalOptions });
      expect(() => readPositionals(command.positionals, sorted)).not.toThrow();
    }
  },
);

test.each(commandTable)("no option of `$path` has a name or letter of those of every command", async ({ load }) => {
  const { options } = await load();
  const letters = Object.values(options).flatMap(({ short }) => (short === undefined ? [] : [short]));
  expect(Object.keys(options).filter((name) => name in globalOptions)).toEqual([]);
  expect(new Set([...letters, "h"]).size).toBe(letters.length + 1);
});

test("every group has commands and a description", async () => {
  const groups = new Set(
    commandTable.flatMap(({ path }) =>
      path
        .split(" ")
        .slice(0, -1)
        .map((_, at, all) => all.slice(0, at + 1).join(" ")),
    ),
  );
  expect([...groups].sort()).toEqual(Object.keys(commandGroups).sort());
  for (const group of ["", ...groups]) {
    const lines = await renderGroupHelp(group, page);
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(80);
  }
});

test("options before the command are the command's", () => {
  expect(findCommand(["--home", "/x", "--json", "flow-run", "ls", "-n", "5"])).toMatchObject({
    entry: { path: "flow-run ls" },
    words: ["--home", "/x", "--json", "-n", "5"],
  });
  expect(findCommand(["flow-run", "state"])).toMatchObject({ kind: "group", group: "flow-run state" });
  expect(findCommand([])).toMatchObject({ kind: "group", group: "", words: [] });
  expect(findCommand(["--home"])).toMatchObject({ kind: "group", group: "" });
});

import { chownSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { findSettingsFile, parseSettings } from "./settings-file.ts";

const newFolder = (): string => mkdtempSync(join(tmpdir(), "millrace-settings-file-"));

describe("what millrace.toml says", () => {
  test("is read as TOML reads it", () => {
    const text = [
      "# of this project",
      "",
      'database = "postgres://me@db.example/runs" # with a comment',
      "resultStorage = 'C:\\kept\\here'",
      '"logLevel"="a\\t\\"b\\" \\u00e9 \\U0001F680"',
      "serverPort = +4_271",
      "serverAllowRemote = true",
      "workerQueues = [",
      '  "urgent", # first',
      "  'slow',",
      "]",
      "serverAllowedHosts = []",
    ].join("\r\n");
    expect(Object.fromEntries(parseSettings(text))).toEqual({
      database: "postgres://me@db.example/runs",
      resultStorage: "C:\\kept\\here",
      logLevel: 'a\t"b" \u00e9 \u{1F680}',
      serverPort: "4271",
      serverAllowRemote: "true",
      workerQueues: "urgent,slow",
      serverAllowedHosts: "",
    });
  });

  test.each([
    ["\n[server]\nport = 1", "line 2: settings stand in the file itself: it has no [tables]"],
    ["graceMs", "line 1: after `graceMs` there must be `= value`"],
    ["graceMs = soon", 'line 1: `graceMs` takes a "text", a whole number, true or false, or a list of texts'],
    ["graceMs = 1.5", 'line 1: `graceMs` takes a "text", a whole number, true or false, or a list of texts'],
    ["graceMs = 2026-01-01", 'line 1: `graceMs` takes a "text", a whole number, true or false, or a list of texts'],
    ['graceMs = "1s" "2s"', "line 1: there is more after the value of `graceMs`"],
    ['live = "off"\nlive = "auto"', "line 2: `live` is there twice"],
    ['live = "o\\q"', "line 1: \\q is no escape: write \\\\ for a backslash, or the text in 'single quotes'"],
    ['live = "\\uD800"', "line 1: \\uD800 is no escape: write \\\\ for a backslash, or the text in 'single quotes'"],
    ['workerQueues = ["a" "b"]', "line 1: the list of `workerQueues` does not end"],
    ["workerQueues = [1]", 'line 1: the list of `workerQueues` takes "texts" without commas'],
    ['workerQueues = ["a,b"]', 'line 1: the list of `workerQueues` takes "texts" without commas'],
    ["= 1", "line 1: a line is `name = value`"],
  ])("that is %j is refused", (text, reason) => {
    expect(() => parseSettings(text)).toThrow(new RangeError(reason));
  });
});

describe("millrace.toml", () => {
  test("is the nearest one upwards", () => {
    const project = newFolder();
    const cwd = join(project, "flows", "nightly");
    mkdirSync(cwd, { recursive: true });
    writeFileSync(join(project, "millrace.toml"), 'live = "off"');
    expect(findSettingsFile(cwd)).toMatchObject({ folder: project, shownPath: join("..", "..", "millrace.toml") });
    mkdirSync(join(cwd, "millrace.toml"));
    writeFileSync(join(project, "flows", "millrace.toml"), 'live = "lines"');
    expect(findSettingsFile(cwd)?.values.get("live")).toBe("lines");
  });

  // Only root may give files away.
  test.skipIf(process.getuid?.() !== 0)("of somebody else counts in the working directory only", async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): void => void warnings.push(warning);
    process.on("warning", listen);
    onTestFinished(() => void process.off("warning", listen));
    const project = newFolder();
    const cwd = join(project, "flows");
    mkdirSync(cwd);
    writeFileSync(join(project, "millrace.toml"), 'live = "off"');
    chownSync(join(project, "millrace.toml"), 12_345, 12_345);
    expect(findSettingsFile(cwd)).toBeNull();
    expect(findSettingsFile(cwd)).toBeNull();
    expect(findSettingsFile(project)).not.toBeNull();
    await new Promise(setImmediate);
    const message = expect.stringContaining(`${join(project, "millrace.toml")} do not count`) as string;
    expect(warnings).toEqual([expect.objectContaining({ name: "MillraceWarning", message })]);
  });

  test("that cannot be read is told of with its path", () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, "millrace.toml"), "live =\n");
    const message = expect.stringContaining(`${join(cwd, "millrace.toml")} is not valid: line 1: `) as string;
    expect(() => findSettingsFile(cwd)).toThrow(expect.objectContaining({ code: "SETTING_INVALID", message }));
  });
});

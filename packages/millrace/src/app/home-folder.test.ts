import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createPrivateFile, makeHomeFolder, replacePrivateFile } from "./home-folder.ts";

const newFolder = (): string => mkdtempSync(join(tmpdir(), "millrace-home-"));
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe("the home folder", () => {
  test.skipIf(process.platform === "win32")("is its owner's, with those above it", () => {
    const above = join(newFolder(), "above");
    makeHomeFolder(join(above, "home"));
    expect([modeOf(above), modeOf(join(above, "home"))]).toEqual(["700", "700"]);
  });

  test("is said to be unwritable where a file is in the way", () => {
    const file = join(newFolder(), "file");
    writeFileSync(file, "");
    for (const home of [file, join(file, "home")]) {
      expect(() => makeHomeFolder(home)).toThrow(
        expect.objectContaining({
          code: "LEDGER_UNWRITABLE",
          message: `The ledger at ${home} cannot be written: a file is where the folder should be.`,
        }),
      );
    }
  });
});

describe("a private file", () => {
  test.skipIf(process.platform === "win32")("is its owner's", () => {
    const path = join(newFolder(), "home", "file");
    expect(createPrivateFile(path, "one")).toBe(true);
    expect(modeOf(path)).toBe("600");
    replacePrivateFile(path, "two");
    expect(modeOf(path)).toBe("600");
  });

  test("is created once and replaced as often as one likes, with no other file left", () => {
    const folder = newFolder();
    const path = join(folder, "file");
    expect(createPrivateFile(path, "one")).toBe(true);
    expect(createPrivateFile(path, "two")).toBe(false);
    expect(readFileSync(path, "utf8")).toBe("one");
    replacePrivateFile(path, "three");
    expect(readFileSync(path, "utf8")).toBe("three");
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  test("that cannot be written says so and leaves nothing", () => {
    const folder = newFolder();
    writeFileSync(join(folder, "file"), "");
    expect(() => createPrivateFile(join(folder, "file", "inner"), "")).toThrow(
      expect.objectContaining({ code: "LEDGER_UNWRITABLE" }),
    );
    makeHomeFolder(join(folder, "taken"));
    expect(() => replacePrivateFile(join(folder, "taken"), "")).toThrow(
      expect.objectContaining({ code: "LEDGER_UNWRITABLE" }),
    );
    expect(readdirSync(folder)).toEqual(["file", "taken"]);
  });
});

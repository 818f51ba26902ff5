import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createEnvironment, readEnvFile } from "./env-file.ts";

function folderWith(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), "millrace-env-"));
  writeFileSync(join(folder, ".env"), content);
  return folder;
}

describe("variables", () => {
  test("are the process's, then those of .env", () => {
    const folder = folderWith('A=file\nB="two words"\n# C=comment\nexport D=1\n');
    const environment = createEnvironment({ own: { A: "own", EMPTY: "" }, folder });
    expect(environment.find("A")).toEqual({ value: "own", from: "environment" });
    expect(environment.find("EMPTY")).toEqual({ value: "", from: "environment" });
    expect(environment.find("B")).toEqual({ value: "two words", from: ".env" });
    expect(environment.find("C")).toBeUndefined();
    expect(environment.find("D")?.value).toBe("1");
    expect(environment.find("toString")).toBeUndefined();
  });

  test("are the process's as it is now, and leave it as it is", () => {
    const own: Record<string, string | undefined> = {};
    const environment = createEnvironment({ own, folder: folderWith("A=file\n") });
    expect(environment.find("A")?.value).toBe("file");
    expect(own).toEqual({});
    own.A = "later";
    expect(environment.find("A")?.value).toBe("later");
  });

  test("of a file that is not there, or is a folder, are none", () => {
    const folder = mkdtempSync(join(tmpdir(), "millrace-env-"));
    expect(readEnvFile(folder)).toEqual({});
    mkdirSync(join(folder, ".env"));
    expect(readEnvFile(folder)).toEqual({});
  });

  test("of a file that cannot be read are an error", () => {
    const folder = folderWith("");
    expect(() => readEnvFile(join(folder, ".env"))).toThrow(
      expect.objectContaining({ code: "SETTING_INVALID", message: expect.stringContaining(".env") as string }),
    );
  });
});

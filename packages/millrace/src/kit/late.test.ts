import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { importOptional, late } from "./late.ts";

describe("late", () => {
  test("loads when it is first asked, and once", async () => {
    let loads = 0;
    const load = late(async () => ({ number: ++loads }));
    expect(loads).toBe(0);
    const [one, other] = await Promise.all([load(), load()]);
    expect(one).toBe(other);
    expect(await load()).toBe(one);
    expect(loads).toBe(1);
  });

  test("tries again what failed", async () => {
    let loads = 0;
    const load = late(async () => {
      if (++loads === 1) throw new Error("not yet");
      return loads;
    });
    await expect(Promise.all([load(), load()])).rejects.toThrow("not yet");
    expect(await load()).toBe(2);
  });
});

describe("importOptional", () => {
  test("imports what is there", async () => {
    expect(await importOptional("node:path", "A path")).toHaveProperty("join", join);
  });

  test.each([
    ["millrace-no-such-package", "millrace-no-such-package"],
    ["@millrace-none/thing/sub/path", "@millrace-none/thing"],
  ])("says how to install %s", async (specifier, packageName) => {
    await expect(importOptional(specifier, "Storage on S3")).rejects.toMatchObject({
      code: "MODULE_MISSING",
      packageName,
      message: `Storage on S3 needs the package \`${packageName}\`, which is not installed: npm install ${packageName}`,
      cause: { code: "ERR_MODULE_NOT_FOUND" },
    });
  });

  test("an error of the package itself, or of what it imports, stays what it is", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-late-"));
    const broken = join(folder, "broken.mjs");
    const needy = join(folder, "needy.mjs");
    await writeFile(broken, "throw new TypeError('broken inside')");
    await writeFile(needy, "import 'millrace-no-such-package'");
    await expect(importOptional(pathToFileURL(broken).href, "This")).rejects.toThrow("broken inside");
    await expect(importOptional(pathToFileURL(needy).href, "This")).rejects.toMatchObject({
      code: "ERR_MODULE_NOT_FOUND",
    });
    await rm(folder, { recursive: true });
  });
});

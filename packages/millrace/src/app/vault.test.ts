import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { createVault } from "./vault.ts";

const newHome = (): string => join(mkdtempSync(join(tmpdir(), "millrace-vault-")), "home");

const unreadable = (home: string): unknown =>
  expect.objectContaining({
    code: "SECRET_UNREADABLE",
    message: `Secret \`token\` cannot be opened with the key in ${join(home, "secrets.key")}.`,
  });

describe("the vault", () => {
  test.each(["", "s3cret", "ключ 🔑\n", "x".repeat(100_000)])("opens what it sealed", async (value) => {
    const home = newHome();
    const sealed = await createVault({ home }).seal("token", value);
    expect(sealed).toMatch(/^v1\.[\w-]{16}\.[\w-]{22}\.[\w-]*$/);
    expect(await createVault({ home }).open("token", sealed)).toBe(value);
  });

  test("seals the same value differently each time", async () => {
    const vault = createVault({ home: newHome() });
    expect(await vault.seal("token", "s3cret")).not.toBe(await vault.seal("token", "s3cret"));
  });

  test("opens nothing that was changed, cut, or sealed under another name", async () => {
    const home = newHome();
    const vault = createVault({ home });
    const sealed = await vault.seal("token", "s3cret");
    const [version, iv, tag = "", text = ""] = sealed.split(".");
    const other = (part: string): string => (part.startsWith("A") ? "B" : "A") + part.slice(1);
    const forged = [
      await vault.seal("another", "s3cret"),
      [version, iv, tag, other(text)].join("."),
      [version, iv, other(tag), text].join("."),
      [version, iv, tag.slice(0, 6), text].join("."),
      [version, iv, tag, ""].join("."),
      `v2${sealed.slice(2)}`,
      "",
    ];
    for (const each of forged) await expect(vault.open("token", each)).rejects.toEqual(unreadable(home));
  });

  test("opens nothing with another key, and makes none to open", async () => {
    const home = newHome();
    const sealed = await createVault({ home }).seal("token", "s3cret");
    rmSync(join(home, "secrets.key"));
    await expect(createVault({ home }).open("token", sealed)).rejects.toEqual(unreadable(home));
    expect(existsSync(join(home, "secrets.key"))).toBe(false);
    await createVault({ home }).seal("another", "");
    await expect(createVault({ home }).open("token", sealed)).rejects.toEqual(unreadable(home));
  });

  test("takes a given key in place of the file's", async () => {
    const home = newHome();
    const key = Buffer.from("0123456789abcdef0123456789abcdef");
    const sealed = await createVault({ home, key: key.toString("base64") }).seal("token", "s3cret");
    expect(existsSync(home)).toBe(false);
    for (const text of [key.toString("hex"), key.toString("base64url"), key.toString("base64")]) {
      expect(await createVault({ home, key: text }).open("token", sealed)).toBe("s3cret");
    }
    await expect(createVault({ home, key: "00".repeat(32) }).open("token", sealed)).rejects.toThrow(
      "cannot be opened with the key in MILLRACE_SECRETS_KEY",
    );
    expect(() => createVault({ home, key: "hunter22" })).toThrow(
      expect.objectContaining({ code: "SETTING_INVALID", message: expect.not.stringContaining("hunter22") as string }),
    );
  });
});

describe("the key's file", () => {
  test.skipIf(process.platform === "win32")("is its owner's, and made so again with a warning", async () => {
    const home = newHome();
    const path = join(home, "secrets.key");
    const sealed = await createVault({ home }).seal("token", "s3cret");
    const mode = (): string => (statSync(path).mode & 0o777).toString(8);
    expect(mode()).toBe("600");
    chmodSync(path, 0o644);
    const warned = new Promise<Error>((resolve) => void process.once("warning", resolve));
    expect(await createVault({ home }).open("token", sealed)).toBe("s3cret");
    expect(mode()).toBe("600");
    expect((await warned).message).toContain(`${path} could be read by others (mode 644)`);
  });

  test("is not replaced when it holds no key", async () => {
    const home = newHome();
    const vault = createVault({ home });
    await vault.seal("token", "s3cret");
    const path = join(home, "secrets.key");
    writeFileSync(path, "half a k");
    await expect(createVault({ home }).seal("token", "s3cret")).rejects.toEqual(
      expect.objectContaining({ code: "SETTING_INVALID", message: expect.stringContaining(path) as string }),
    );
    expect(readFileSync(path, "utf8")).toBe("half a k");
  });

  test("is the same for processes that race to make it", async () => {
    const home = newHome();
    const code = `
      import { createVault } from ${JSON.stringify(new URL("./vault.ts", import.meta.url).href)};
      const vault = createVault({ home: ${JSON.stringify(home)} });
      console.log(await vault.seal("token", "s3cret"));
    `;
    const run = promisify(execFile);
    const processes = Array.from({ length: 4 }, () => run(process.execPath, ["--input-type=module", "--eval", code]));
    for (const { stdout } of await Promise.all(processes)) {
      expect(await createVault({ home }).open("token", stdout.trim())).toBe("s3cret");
    }
  });
});

import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { createVault } from "./vault.ts";

const newHome = (): string => join(mkdtempSync(join(tmpdir(), "millrace-vault-")), "home");

const unreadable = (home: string, reason = ""): unknown =>
  expect.objectContaining({
    code: "SECRET_UNREADABLE",
    message: `Secret \`token\` cannot be opened with the key in ${join(home, "secrets.key")}${reason}.`,
  });
const keyIdOf = (sealed: string): string => sealed.split(".")[1] ?? "";

describe("the vault", () => {
  test.each(["", "s3cret", "ключ 🔑\n", "x".repeat(100_000)])("opens what it sealed", async (value) => {
    const home = newHome();
    const sealed = await createVault({ home }).seal("token", value);
    expect(sealed).toMatch(/^v2\.[\w-]{12}\.[\w-]{16}\.[\w-]{22}\.[\w-]*$/);
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
    const [version, keyId, iv, tag = "", text = ""] = sealed.split(".");
    const other = (part: string): string => (part.startsWith("A") ? "B" : "A") + part.slice(1);
    const forged = [
      await vault.seal("another", "s3cret"),
      [version, keyId, iv, tag, other(text)].join("."),
      [version, keyId, iv, other(tag), text].join("."),
      [version, keyId, iv, tag.slice(0, 6), text].join("."),
      [version, keyId, iv, tag, ""].join("."),
      `v3${sealed.slice(2)}`,
      `v1${sealed.slice(2)}`,
      "",
    ];
    for (const each of forged) await expect(vault.open("token", each)).rejects.toEqual(unreadable(home));
  });

  test("opens nothing with another key, and makes none to open", async () => {
    const home = newHome();
    const sealed = await createVault({ home }).seal("token", "s3cret");
    rmSync(join(home, "secrets.key"));
    await expect(createVault({ home }).open("token", sealed)).rejects.toEqual(unreadable(home, ": there is none"));
    expect(existsSync(join(home, "secrets.key"))).toBe(false);
    await createVault({ home }).seal("another", "");
    const reason = `: it was sealed with key ${keyIdOf(sealed)}`;
    await expect(createVault({ home }).open("token", sealed)).rejects.toEqual(unreadable(home, reason));
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

describe("several keys", () => {
  const [one, two] = [Buffer.alloc(32, 1).toString("base64"), Buffer.alloc(32, 2).toString("hex")];

  test("all open, and the first seals", async () => {
    const home = newHome();
    const sealed = await createVault({ home, key: one }).seal("token", "s3cret");
    const both = createVault({ home, key: `${two}, ${one}` });
    expect(await both.open("token", sealed)).toBe("s3cret");
    const again = await both.seal("token", "s3cret");
    expect(await createVault({ home, key: two }).open("token", again)).toBe("s3cret");
    await expect(createVault({ home, key: one }).open("token", again)).rejects.toThrow(
      `in MILLRACE_SECRETS_KEY: it was sealed with key ${keyIdOf(again)}.`,
    );
  });

  test("open what was sealed before keys had ids", async () => {
    // AES-256-GCM of "s3cret" under the name "token", with 32 bytes of 1 and an IV of 12 bytes of 3.
    const old = "v1.AwMDAwMDAwMDAwMD.OE-GBgDeyE2UebHoB4aGQA.i1J36Jrw";
    const home = newHome();
    expect(await createVault({ home, key: `${two} ${one}` }).open("token", old)).toBe("s3cret");
    await expect(createVault({ home, key: two }).open("token", old)).rejects.toThrow("cannot be opened");
  });

  test("of the file are taken by a vault that is open, to seal with and to open by", async () => {
    const home = newHome();
    const vault = createVault({ home });
    const before = await vault.seal("token", "s3cret");
    const path = join(home, "secrets.key");
    const kept = readFileSync(path, "utf8");
    writeFileSync(path, `${two}\n${kept}`);
    const after = await vault.seal("token", "s3cret");
    expect(keyIdOf(after)).not.toBe(keyIdOf(before));
    writeFileSync(path, `${one}\n${two}\n`);
    const other = await createVault({ home }).seal("token", "another");
    expect(await vault.open("token", other)).toBe("another");
    expect(await vault.open("token", after)).toBe("s3cret");
    await expect(vault.open("token", before)).rejects.toThrow(`it was sealed with key ${keyIdOf(before)}`);
  });

  test.each(["", " , ", `${one} short`, Array.from({ length: 17 }, () => one).join(",")])(
    "that are none are an error that does not repeat them",
    (key) => {
      expect(() => createVault({ home: newHome(), key })).toThrow(
        expect.objectContaining({ code: "SETTING_INVALID", message: expect.not.stringContaining("short") as string }),
      );
    },
  );
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

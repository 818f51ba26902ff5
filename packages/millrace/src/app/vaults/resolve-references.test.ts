import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { SecretProvider } from "../../contract/secrets.ts";
import { createVirtualClock } from "../../kit/virtual-clock.ts";
import { createVault } from "../vault.ts";
import { createCommandProvider } from "./command-provider.ts";
import { createEnvProvider } from "./env-provider.ts";
import { createFileProvider } from "./file-provider.ts";
import { resolveReferences } from "./resolve-references.ts";

const sealing = createVault({ home: "", key: Buffer.alloc(32, 7).toString("hex") });

/** A vault with these providers, and a way to read what was set. */
function open(providers: readonly SecretProvider[], holdsMs = 60_000) {
  const clock = createVirtualClock();
  const byName = new Map(providers.map((provider) => [provider.name, provider]));
  const vault = resolveReferences(sealing, { providers: byName, clock, holdsMs });
  return { clock, read: async (value: string) => vault.open("token", await vault.seal("token", value)) };
}

/** A provider that counts how often it is asked. */
function counting(answer: (path: string, signal?: AbortSignal) => Promise<string | null>) {
  const asked: string[] = [];
  const read: SecretProvider["read"] = (path, signal) => {
    asked.push(path);
    return answer(path, signal);
  };
  return { asked, provider: { name: "test", read } };
}

const failed = (reason: string) => ({
  code: "SECRET_PROVIDER_FAILED",
  message: expect.stringContaining(reason) as string,
});

describe("a secret that is kept elsewhere", () => {
  test("is what its provider says, or a field of it; any other is what it is", async () => {
    const { provider } = counting(async (path) =>
      path === "db" ? '{"user":"ada","password":"s3cret"}' : `at ${path}`,
    );
    const { read } = open([provider]);
    expect(await read("vault://test/a/b")).toBe("at a/b");
    expect(await read("vault://test/db#password")).toBe("s3cret");
    expect(await read("plain")).toBe("plain");
    expect(await read("not vault://test/a")).toBe("not vault://test/a");
  });

  test("is asked for once by all who want it at once, and again when its time is over", async () => {
    let version = 0;
    const { provider, asked } = counting(async () => `version ${++version}`);
    const { read, clock } = open([provider]);
    const together = await Promise.all([read("vault://test/a"), read("vault://test/a"), read("vault://test/a")]);
    expect(together).toEqual(["version 1", "version 1", "version 1"]);
    await clock.advance(59_000);
    expect(await read("vault://test/a")).toBe("version 1");
    await clock.advance(2000);
    expect(await read("vault://test/a")).toBe("version 2");
    expect(asked).toHaveLength(2);
  });

  test("of a provider that fails is an error, even where it was had before, and is asked for again", async () => {
    const { provider, asked } = counting(async () => {
      if (asked.length === 2) throw new Error("the vault is sealed");
      return "s3cret";
    });
    const { read, clock } = open([provider]);
    expect(await read("vault://test/a")).toBe("s3cret");
    await clock.advance(61_000);
    await expect(read("vault://test/a")).rejects.toMatchObject(
      failed("kept by `test`, which did not give it: the vault is sealed"),
    );
    expect(await read("vault://test/a")).toBe("s3cret");
  });

  test("of a provider that does not answer is waited for so long", async () => {
    let isAborted = false;
    const { provider } = counting((_, signal) => {
      signal?.addEventListener("abort", () => (isAborted = true));
      return new Promise(() => undefined);
    });
    const { read, clock } = open([provider]);
    const reading = read("vault://test/a").catch((error: unknown) => error);
    while (clock.pending === 0) await Promise.resolve();
    await clock.advance(10_000);
    expect(await reading).toMatchObject(failed("kept by `test`"));
    expect(isAborted).toBe(true);
  });

  test.each([
    [async () => null, "vault://test/a", "it has none there"],
    [async () => "", "vault://test/a", "it has none there"],
    [async () => "s3cret-canary", "vault://test/a#password", "no JSON object"],
    [async () => '{"other":"s3cret-canary"}', "vault://test/a#password", "no text in field `password`"],
    [async () => '{"password":{"s3cret-canary":1}}', "vault://test/a#password", "no text in field"],
    [async () => "{}", "vault://test/a#__proto__", "no text in field"],
  ])("that is not there is an error without what is there", async (answer, reference, reason) => {
    const { read } = open([counting(answer).provider]);
    const error = await read(reference).catch((caught: unknown) => caught);
    expect(error).toMatchObject(failed(reason));
    expect(String((error as Error).stack)).not.toContain("canary");
  });

  test("is an error where the reference is wrong, or its provider is not here", async () => {
    const { read } = open([counting(async () => "x").provider]);
    await expect(read("vault://test/../a")).rejects.toMatchObject({ code: "SECRET_REFERENCE_INVALID" });
    await expect(read("vault://other/a")).rejects.toMatchObject({
      code: "SECRET_REFERENCE_INVALID",
      message: expect.stringContaining("there is no provider `other` on this machine (there are: test)") as string,
    });
  });
});

describe("variables", () => {
  test("are those alone that are meant to be read by references", async () => {
    const environment: Readonly<Record<string, string>> = { MILLRACE_SECRET_DB: "s3cret", HOME: "/home/ada" };
    const { read } = open([createEnvProvider((name) => environment[name])]);
    expect(await read("vault://env/DB")).toBe("s3cret");
    for (const name of ["HOME", "S_KEY", "../HOME"])
      await expect(read(`vault://env/${name}`)).rejects.toThrow("Secret `token`");
  });
});

describe("files", () => {
  const root = mkdtempSync(join(tmpdir(), "millrace-files-"));
  const folder = join(root, "secrets");
  mkdirSync(join(folder, "db"), { recursive: true });
  writeFileSync(join(folder, "db", "password"), "s3cret\n");
  writeFileSync(join(folder, "big"), "x".repeat(64 * 1024 + 1));
  writeFileSync(join(root, "outside"), "canary");
  const { read } = open([createFileProvider(folder)]);

  test("of the folder are read, without the line end at their end", async () => {
    expect(await read("vault://file/db/password")).toBe("s3cret");
    await expect(read("vault://file/nowhere")).rejects.toMatchObject(failed("it has none there"));
    await expect(read("vault://file/db/password/x")).rejects.toMatchObject(failed("it has none there"));
    await expect(read("vault://file/db")).rejects.toMatchObject({ code: "SECRET_PROVIDER_FAILED" });
    await expect(read("vault://file/big")).rejects.toMatchObject(failed("larger than 64 KiB"));
  });

  test.skipIf(process.platform === "win32")("that a link leads to outside are not, and links within are", async () => {
    symlinkSync(join(root, "outside"), join(folder, "out"));
    symlinkSync(root, join(folder, "up"));
    symlinkSync(join(folder, "db"), join(folder, "also"));
    expect(await read("vault://file/also/password")).toBe("s3cret");
    await expect(read("vault://file/out")).rejects.toMatchObject(failed("not within the folder"));
    await expect(read("vault://file/up/outside")).rejects.toMatchObject(failed("not within the folder"));
  });

  test("of a folder whose name begins alike are not read", async () => {
    mkdirSync(`${folder}-other`);
    writeFileSync(join(`${folder}-other`, "x"), "canary");
    symlinkSync(`${folder}-other`, join(folder, "alike"));
    await expect(read("vault://file/alike/x")).rejects.toMatchObject(failed("not within the folder"));
  });
});

describe("programs", () => {
  const script = (code: string): readonly string[] => [process.execPath, "--eval", code, "--", "item/{path}"];
  const by = (code: string) => open([createCommandProvider("op", script(code))]);

  test("are given the path as a part of one word, and print the value", async () => {
    const { read } = by("process.stdout.write(JSON.stringify({ argv: process.argv.at(-1) }) + '\\n')");
    expect(await read("vault://op/a b/c#argv")).toBe("item/a b/c");
  });

  test("that fail are told of without what they print", async () => {
    const failing = by("console.log('canary'); console.error('canary'); process.exit(3)");
    const error = await failing.read("vault://op/a").catch((caught: unknown) => caught);
    expect(error).toMatchObject(failed("ended with exit code 3"));
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain("canary");
    const { read } = open([createCommandProvider("op", ["no-such-program", "{path}"])]);
    await expect(read("vault://op/a")).rejects.toMatchObject(failed("`no-such-program` is not installed"));
    await expect(by("process.stdout.write('x'.repeat(70000))").read("vault://op/a")).rejects.toMatchObject(
      failed("printed more than 64 KiB"),
    );
  });

  test.skipIf(process.platform === "win32")("are no shell's", async () => {
    const program = join(mkdtempSync(join(tmpdir(), "millrace-program-")), "print words");
    writeFileSync(program, '#!/bin/sh\nprintf "%s|" "$@"\n');
    chmodSync(program, 0o755);
    const { read } = open([createCommandProvider("op", [program, "$(id)", "; {path}", "`id`"])]);
    expect(await read("vault://op/a")).toBe("$(id)|; a|`id`|");
  });
});

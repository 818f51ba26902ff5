import { expect, test } from "vitest";
import type { Account, ApiKey } from "../../../contract/access.ts";
import { createCommandLine } from "../../in-process.testsuite.ts";

const ledger = createCommandLine();

const create = (...words: readonly string[]): Promise<Account> => ledger.json<Account>("account", "create", ...words);

async function refused(...words: readonly string[]): Promise<string> {
  const ended = await ledger.run(...words);
  expect([ended.code, ended.stdout]).toEqual([2, ""]);
  return ended.stderr;
}

test("accounts are made, listed, shown, changed and deleted, by name or the start of an id", async () => {
  expect(await ledger.stdout("account", "ls")).toContain("There are no accounts.");
  const root = await create("root", "--role", "admin", "--no-password");
  expect(root).toMatchObject({ name: "root", kind: "person", role: "admin", isDisabled: false, hasPassword: false });
  const workers = await create("gpu", "--role", "worker", "--service");
  expect(workers).toMatchObject({ kind: "service", role: "worker", hasPassword: false });
  await ledger.run("api-key", "create", "--account", "gpu", "--name", "rack-7");
  const table = await ledger.stdout("account", "ls");
  expect(table).toMatch(/^gpu +service +worker +active +no +1 /m);
  expect(await ledger.json("account", "ls")).toEqual([
    { ...workers, keys: 1 },
    { ...root, keys: 0 },
  ]);
  expect(await ledger.json("account", "inspect", "gpu")).toMatchObject({ id: workers.id, keys: [{ name: "rack-7" }] });
  expect(await ledger.stdout("account", "inspect", workers.id.slice(0, -3))).toMatch(/^Role +worker$/m);

  const told = await ledger.stdout("account", "update", workers.id, "--role", "runner", "--disable");
  expect(told).toBe("gpu is changed: runner, disabled, without a password.\n");
  expect(await ledger.stdout("account", "ls")).toMatch(/^gpu +service +runner +disabled /m);
  expect(await ledger.json("account", "update", "gpu", "--enable")).toMatchObject({
    isDisabled: false,
    role: "runner",
  });

  expect(await ledger.stdout("account", "delete", "gpu", "--dry-run")).toBe(
    "Would delete the account gpu with 1 key.\n",
  );
  expect(await refused("account", "delete", "gpu")).toContain("Add --yes.");
  expect(await ledger.json("account", "delete", "gpu", "--yes")).toEqual({ deleted: [workers.id], keys: 1 });
  expect(await ledger.json("api-key", "ls")).toEqual([]);
});

test("what cannot be is refused before anything is sent", async () => {
  expect(await refused("account", "create", "x")).toContain("--role is missing");
  expect(await refused("account", "create", "x", "--role", "oprator")).toContain("did you mean `operator`?");
  const service = ["account", "create", "x", "--role", "worker", "--service"];
  expect(await refused(...service, "--password")).toContain("a service has keys, and no password");
  expect(await refused("account", "update", "root")).toContain("say what to change");
  expect(await refused("account", "update", "root", "--enable", "--disable")).toContain("exclude each other");
  const alone = await ledger.run("account", "update", "root", "--role", "viewer");
  expect(alone.stderr).toContain("root is the only admin");
  const missing = await ledger.run("account", "inspect", "rot");
  expect([missing.code, missing.stderr]).toEqual([3, expect.stringContaining("Did you mean `root`?")]);
  expect((await ledger.run("account", "create", "a:b", "--role", "viewer", "--no-password")).stderr).toContain(
    "no colon",
  );
  expect(await ledger.json("account", "ls")).toHaveLength(1);
});

test("a key is printed alone and once, and deleted by what is shown of it", async () => {
  const made = await ledger.run("api-key", "create", "--account", "root", "--name", "laptop", "--expires-in", "3d");
  expect(made.stdout).toMatch(/^mr_[\w-]{65}\n$/);
  expect(made.stderr).toMatch(/^The key of root for laptop, which holds until .*It is shown this once/);
  const [key] = await ledger.json<readonly ApiKey[]>("api-key", "ls", "--account", "root");
  expect(JSON.stringify(key)).not.toContain(made.stdout.trim());
  expect(await ledger.stdout("api-key", "ls")).toMatch(/^mr_…\S{6} +root +laptop .*never +. in 2d/m);
  const createKey = ["api-key", "create", "--account", "root", "--name", "ci"];
  const json = await ledger.json<{ key: string; start: string }>(...createKey);
  expect(json).toEqual({
    id: expect.any(String) as string,
    accountId: key?.accountId,
    name: "ci",
    start: `mr_…${json.key.slice(19, 25)}`,
    expiresAt: null,
    key: expect.stringMatching(/^mr_/) as string,
  });

  expect(await refused("api-key", "create", "--name", "x")).toContain("--account is missing");
  expect(await refused("api-key", "create", "--account", "root")).toContain("--name is missing");
  const absent = await ledger.run("api-key", "delete", `mr_${"x".repeat(65)}`, "--yes");
  expect([absent.code, absent.stderr]).toEqual([3, expect.not.stringContaining("x".repeat(20))]);

  expect(await ledger.stdout("api-key", "delete", json.start, "--dry-run")).toContain(`the key ${json.start} for ci`);
  // What begins with a dash is an option.
  const [bare] = [json.key.slice(19, 25), json.start].filter((each) => !each.startsWith("-"));
  expect(await ledger.json("api-key", "delete", bare ?? "", "--yes")).toMatchObject({
    deleted: [expect.any(String)],
  });
  expect(await ledger.json("api-key", "delete", made.stdout.trim(), "--yes")).toEqual({ deleted: [key?.id] });
  expect(await ledger.stdout("api-key", "ls")).toContain("There are no such keys.");
});

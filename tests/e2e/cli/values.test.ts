import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLedger } from "./millrace.ts";

test("variables are set, read, listed and deleted", async () => {
  const ledger = createLedger();
  expect((await ledger.run(["variable", "ls"])).stdout).toContain("There are no variables.");
  expect((await ledger.run(["variable", "set", "batch-size", "64"])).stdout).toBe("batch-size is 64\n");
  await ledger.run(["variable", "set", "region", "eu", "--tag", "geo"]);
  await ledger.run(["variable", "set", "code", "007", "--text"]);
  expect((await ledger.run(["variable", "get", "batch-size"])).stdout).toBe("64\n");
  expect((await ledger.run(["variable", "get", "region"])).stdout).toBe("eu\n");
  expect((await ledger.run(["variable", "get", "code"])).stdout).toBe("007\n");
  expect(await ledger.json("variable", "get", "region")).toMatchObject({
    name: "region",
    value: "eu",
    tags: ["geo"],
  });
  expect((await ledger.run(["variable", "ls"])).stdout).toMatch(/^batch-size +64 /m);

  const missing = await ledger.run(["variable", "get", "batchsize"]);
  expect(missing.stderr).toContain("Did you mean `batch-size`?");
  expect(missing.code).toBe(3);
  const refused = await ledger.run(["variable", "set", "Batch Size", "1"]);
  expect(refused.stderr).toContain("error[VARIABLE_NAME_INVALID]");
  expect(refused.code).toBe(2);
  expect((await ledger.run(["variable", "delete", "region"])).stdout).toBe("Deleted region.\n");
  expect((await ledger.run(["variable", "delete", "region"])).code).toBe(3);
});

test("a secret is taken from the standard input, kept sealed, and never printed", async () => {
  const ledger = createLedger();
  const value = "correct horse battery staple";
  const set = await ledger.run(["secret", "set", "service-token"], { input: `${value}\n` });
  expect(set).toEqual({ code: 0, stdout: "service-token is set.\n", stderr: "" });
  const listed = [
    await ledger.run(["secret", "ls"]),
    await ledger.run(["secret", "ls", "--json"]),
    await ledger.run(["event", "ls", "--json"]),
  ];
  expect(listed[0]?.stdout).toMatch(/^service-token +/m);
  expect(listed.every(({ stdout }) => !stdout.includes(value))).toBe(true);
  expect(readFileSync(join(ledger.home, "ledger.db")).includes(value)).toBe(false);
  expect((await ledger.run(["secret", "set", "empty"], { input: "" })).code).toBe(2);
  expect((await ledger.run(["secret", "delete", "service-token"])).code).toBe(0);
  expect((await ledger.run(["secret", "delete", "service-token"])).code).toBe(3);
});

test("secrets and blocks get another key, and flows and commands go on with it", async () => {
  const ledger = createLedger();
  const keyFile = join(ledger.home, "secrets.key");
  expect((await ledger.run(["secret", "rotate-key"])).stdout).toBe("There is no key: nothing has been sealed yet.\n");
  await ledger.run(["secret", "set", "service-token"], { input: "first value" });
  await ledger.run(["block", "create", "secret", "for-a-block"], { input: "of the block" });
  const before = readFileSync(keyFile, "utf8");
  const dry = await ledger.run(["secret", "rotate-key", "--dry-run"]);
  expect(dry).toEqual({ code: 0, stdout: "Would seal 1 secret and 1 block with a new key.\n", stderr: "" });
  expect(readFileSync(keyFile, "utf8")).toBe(before);
  const rotated = await ledger.run(["secret", "rotate-key"]);
  expect(rotated.stdout).toMatch(/^Sealed 1 secret and 1 block with key [\w-]{12}\.\nDropped key [\w-]{12}\.\n$/);
  expect(readFileSync(keyFile, "utf8")).not.toBe(before);
  const shown = await ledger.run(["block", "inspect", "secret/for-a-block", "--show-secrets"]);
  expect(shown.stdout).toContain("of the block");

  writeFileSync(keyFile, `${Buffer.alloc(32, 7).toString("base64url")}\n${readFileSync(keyFile, "utf8")}`);
  const findings = await ledger.json<readonly { name: string; status: string }[]>("doctor");
  expect(findings.find(({ name }) => name === "Secrets")).toMatchObject({ status: "warning" });
  expect(await ledger.json("secret", "rotate-key")).toMatchObject({ isResumed: true, secrets: 1, unreadable: [] });

  writeFileSync(keyFile, `${Buffer.alloc(32, 9).toString("base64url")}\n`);
  const lost = await ledger.run(["secret", "rotate-key", "--dry-run"]);
  expect(lost.code).toBe(1);
  expect(lost.stdout).toContain("No key here opens secret service-token: it stays as it is. Set it again.");
  const setting = await ledger.run(["secret", "rotate-key"], { env: { MILLRACE_SECRETS_KEY: "07".repeat(32) } });
  expect(setting.stderr).toContain("error[KEY_ROTATION_REFUSED]");
});

test("a secret may stay in a file, which is read where it is needed", async () => {
  const ledger = createLedger();
  writeFileSync(join(ledger.home, "token"), "value of it");
  const env = { MILLRACE_SECRET_FILES: ledger.home };
  const wrong = await ledger.run(["secret", "set", "token", "--from", "vault://file/../token"]);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("vault://provider/path#field")]);
  expect((await ledger.run(["secret", "set", "token", "--from", "vault://file/token"])).code).toBe(0);
  const good = await ledger.run(["doctor"], { env });
  expect(good.stdout).toMatch(/✓ Secrets +1 secret, and the key opens them/);
  const away = await ledger.run(["doctor"]);
  expect(away.stdout).toMatch(/✗ Secrets +Secret `token` refers to what cannot be found: there is no provider `file`/);
});

test("settings are shown with where they come from, and written into profiles", async () => {
  const ledger = createLedger();
  const setting = async (name: string, ...args: readonly string[]) =>
    (await ledger.json<readonly { name: string }[]>("config", "view", ...args)).find((each) => each.name === name);

  expect(await setting("durability")).toMatchObject({ value: "process", from: "default" });
  expect((await ledger.run(["config", "set", "durability", "power"])).code).toBe(0);
  expect(await setting("durability")).toMatchObject({ value: "power", from: "profile default" });
  await ledger.run(["config", "set", "graceMs", "1m", "--in", "work"]);
  expect(await setting("graceMs", "--profile", "work")).toMatchObject({ value: 60_000, from: "profile work" });
  expect((await ledger.run(["config", "use", "work"])).code).toBe(0);
  expect((await ledger.run(["config", "profiles"])).stdout).toMatch(/→ +work +graceMs=1m$/m);
  expect((await ledger.run(["config", "unset", "graceMs"])).code).toBe(0);
  expect(await setting("graceMs")).toMatchObject({ from: "default" });
  expect((await ledger.run(["config", "view", "--explain"])).stdout).toContain("How often a process looks");

  const unknown = await ledger.run(["config", "set", "durabilty", "power"]);
  expect(unknown.stderr).toContain("Did you mean `durability`?");
  expect(unknown.code).toBe(2);
  const invalid = await ledger.run(["config", "set", "durability", "strong"]);
  expect(invalid.stderr).toContain("error[SETTING_INVALID]");
});

test("the colour setting of a profile holds, unless an option says otherwise", async () => {
  const ledger = createLedger();
  await ledger.run(["run", "long.ts", "--quiet"]);
  // oxlint-disable-next-line no-control-regex -- what sets a colour
  const color = /\u001b\[3\dm/;
  expect((await ledger.run(["flow-run", "ls"])).stdout).not.toMatch(color);
  await ledger.run(["config", "set", "color", "always"]);
  expect((await ledger.run(["flow-run", "ls"])).stdout).toMatch(color);
  expect((await ledger.run(["flow-run", "ls", "--no-color"])).stdout).not.toMatch(color);
  expect((await ledger.run(["flow-run", "ls"], { env: { NO_COLOR: "1" } })).stdout).not.toMatch(color);
});

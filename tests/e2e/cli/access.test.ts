// Accounts, keys and the audit log, as an admin of a server makes them on its ledger.
import { execFileSync, spawn } from "node:child_process";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createLedger, flows, type Ledger, until } from "./millrace.ts";

interface Account {
  readonly id: string;
  readonly hasPassword: boolean;
}

const password = "correct horse battery";

test("an admin makes accounts with passwords from a file, and keys for scripts", async () => {
  const ledger = createLedger();
  const root = await ledger.run(["account", "create", "root", "--role", "admin", "--json"], { input: `${password}\n` });
  expect(root).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(root.stdout)).toMatchObject({ name: "root", role: "admin", hasPassword: true });
  expect(root.stdout).not.toContain(password);

  const short = await ledger.run(["account", "create", "ada", "--role", "author"], { input: "too short\n" });
  expect([short.code, short.stderr]).toEqual([2, expect.stringContaining("a password has 12 to 1000 characters")]);
  await ledger.json<Account>("account", "create", "gpu", "--role", "worker", "--service");

  const made = await ledger.run(["api-key", "create", "--account", "gpu", "--name", "rack-7", "--expires-in", "90d"]);
  expect(made.stdout).toMatch(/^mr_[\w-]{65}\n$/);
  expect(made.stderr).toContain("It is shown this once");
  const [key] = await ledger.json<readonly { readonly start: string }[]>("api-key", "ls", "--account", "gpu");
  expect(await ledger.json("account", "update", "root", "--no-password")).toMatchObject({ hasPassword: false });
  const again = await ledger.run(["account", "update", "root", "--password"], { input: "another long password" });
  expect(again).toMatchObject({ code: 0, stdout: "root is changed: admin, active, with a password.\n" });

  expect((await ledger.run(["api-key", "delete", key?.start ?? "", "--yes"])).code).toBe(0);
  expect((await ledger.run(["account", "delete", "gpu", "--yes"])).code).toBe(0);
  expect((await ledger.run(["account", "delete", "root", "--yes"])).stderr).toContain("root is the only admin");
  expect(await ledger.json("audit", "ls")).toEqual([]);
});

test("the key of a profile is sent to the server, kept out of sight, and never told by an error", async () => {
  const ledger = createLedger();
  const key = `mr_${"k".repeat(65)}`;
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    const { authorization = "" } = request.headers;
    const error = { code: "UNAUTHENTICATED", message: "no", data: { reason: "the key is not known" } };
    response.writeHead(401, { "content-type": "application/json" }).end(JSON.stringify({ error, authorization }));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await ledger.run(["config", "set", "apiUrl", url]);
  const set = await ledger.run(["config", "set", "apiKey", "--json"], { input: `${key}\n` });
  expect(JSON.parse(set.stdout)).toEqual({ profile: "default", name: "apiKey", value: "********" });

  const shown = [];
  for (const words of [
    ["config", "view"],
    ["config", "view", "--json"],
    ["profile", "inspect"],
    ["flow-run", "ls"],
    ["doctor"],
  ]) {
    const { stdout, stderr } = await ledger.run(words);
    shown.push(stdout + stderr);
  }
  expect(shown.join("\n")).not.toContain("kkkk");
  expect(shown.join("\n")).toContain("MILLRACE_API_KEY");
  expect(asked.length).toBeGreaterThan(1);
  expect(asked.map(({ headers }) => headers.authorization)).toEqual(asked.map(() => `Bearer ${key}`));
  const file = await ledger.startFile(join(flows, "orders.ts")).ended;
  expect(file.stdout + file.stderr).not.toContain("kkkk");
});

const main = join(import.meta.dirname, "../../../packages/millrace/src/cli/main.ts");
const hasScript = /util-linux/.test(tryRun("script", "--version"));

function tryRun(program: string, ...args: readonly string[]): string {
  try {
    return execFileSync(program, args, { encoding: "utf8" });
  } catch {
    return "";
  }
}

/** What is shown on a terminal where somebody types, a line whenever it is asked for. */
async function type(ledger: Ledger, words: readonly string[], lines: readonly string[]): Promise<string> {
  const command = [process.execPath, "--conditions=millrace-source", main, ...words]
    .map((word) => `'${word}'`)
    .join(" ");
  const child = spawn("script", ["-qec", command, "/dev/null"], {
    env: { ...process.env, MILLRACE_HOME: ledger.home },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let shown = "";
  child.stdout.on("data", (chunk: Buffer) => (shown += chunk.toString()));
  const ended = new Promise((resolve) => child.on("close", resolve));
  for (const [index, line] of lines.entries()) {
    await until(() => (shown.match(/: /g) ?? []).length > index || child.exitCode !== null);
    child.stdin.write(`${line}\r`);
  }
  await ended;
  return shown;
}

test.skipIf(!hasScript)("a password is asked for twice on a terminal, and not shown", async () => {
  const ledger = createLedger();
  const create = ["account", "create", "ada", "--role", "admin"];
  const wrong = await type(ledger, create, [password, "correct house battery"]);
  expect(wrong).toContain("the two are not the same");
  const shown = await type(ledger, create, [password, password]);
  expect(shown).toContain("Password of ada, at least 12 characters: ");
  expect(shown).toContain("Made the account ada, which is admin.");
  expect(wrong + shown).not.toMatch(/correct ho/);
  expect(await ledger.json("account", "inspect", "ada")).toMatchObject({ hasPassword: true });
});

import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../kit/clock.ts";
import { shortId } from "../../kit/ids.ts";
import { create } from "../suite/samples.testsuite.ts";
import { knownVersion } from "./schema-version.ts";
import { openPostgresStore } from "./open.ts";
import { makePostgresLedger, postgresUrl, whyNot } from "./postgres-ledger.testsuite.ts";

const open = (url: string) => openPostgresStore({ url, clock: systemClock });

/** The test run's URL with something changed. */
function changed(change: (url: URL) => void): string {
  const url = new URL(postgresUrl);
  change(url);
  return url.href;
}

test.each([
  ["", "no URL"],
  ["mysql://localhost/x", "no URL"],
  ["postgres://localhost/x?schema=a%22b", "schema"],
  ["postgres://localhost/x?schema=", "schema"],
  [`postgres://localhost/x?schema=${"a".repeat(41)}`, "40"],
])("a ledger in PostgreSQL is not opened at %s", async (url, reason) => {
  await expect(open(url)).rejects.toMatchObject({
    code: "SETTING_INVALID",
    data: { setting: "database", reason: expect.stringContaining(reason) },
  });
});

test("a server that does not answer is said to be unreachable, without the password", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => void server.close(resolve));
  await expect(open(`postgres://me:very-secret@127.0.0.1:${port}/db`)).rejects.toMatchObject({
    code: "DATABASE_UNREACHABLE",
    retryable: true,
    data: { location: `postgres://127.0.0.1:${port}/db`, reason: expect.stringContaining("ECONNREFUSED") },
  });
});

test("a server that hangs up is said to be unreachable", async () => {
  const server = createServer((socket) => void socket.destroy());
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { readonly port: number };
  await expect(open(`postgres://127.0.0.1:${port}/db`)).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE" });
  await new Promise((resolve) => void server.close(resolve));
});

test("without the driver's package it says what to install", async () => {
  const script = `
    import { registerHooks } from "node:module";
    registerHooks({
      resolve(specifier, context, next) {
        if (specifier !== "pg") return next(specifier, context);
        throw Object.assign(new Error("Cannot find package 'pg'"), { code: "ERR_MODULE_NOT_FOUND" });
      },
    });
    const { openPostgresStore } = await import(${JSON.stringify(import.meta.resolve("./open.ts"))});
    const { systemClock } = await import(${JSON.stringify(import.meta.resolve("../../kit/clock.ts"))});
    const opening = openPostgresStore({ url: "postgres://localhost/db", clock: systemClock });
    console.log(await opening.then(() => "open", ({ code, fix }) => code + ": " + fix));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
  expect(stdout).toBe("PACKAGE_MISSING: npm install pg\n");
});

describe.skipIf(whyNot !== "")(`opening a ledger in PostgreSQL${whyNot}`, () => {
  test.each([
    ["a wrong password", (url: URL) => void (url.password = "wrong")],
    ["a database that is not there", (url: URL) => void (url.pathname = "/none")],
  ])("says of %s that the database is unreachable", async (_, change) => {
    await expect(open(changed(change))).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE" });
  });

  test("refuses one that a newer version has written", async () => {
    const ledger = await makePostgresLedger();
    const store = await ledger.open();
    await store.close();
    await ledger.query("update {schema}.ledger_version set version = 99, serves = $1", [knownVersion + 1]);
    await expect(ledger.open()).rejects.toMatchObject({
      code: "LEDGER_NEWER",
      data: { found: 99, known: knownVersion },
    });
    await ledger.remove();
  });

  test("uses one that a newer version has only added to, and leaves its version alone", async () => {
    const ledger = await makePostgresLedger();
    const store = await ledger.open();
    await store.close();
    await ledger.query("alter table {schema}.flow_run add column mood text");
    await ledger.query("update {schema}.ledger_version set version = 99, serves = $1", [knownVersion]);
    const older = await ledger.open();
    const run = await create(older);
    expect(await older.readFlowRuns([run.id])).toEqual([run]);
    expect(await older.readSchemaVersion()).toEqual({ version: 99, serves: knownVersion });
    await older.close();
    await ledger.remove();
  });

  test("refuses a database whose transactions see less than they have to", async () => {
    const strict = changed((url) => url.searchParams.set("options", "-c default_transaction_isolation=serializable"));
    await expect(open(strict)).rejects.toMatchObject({ code: "SETTING_INVALID", data: { setting: "database" } });
  });

  test("makes it once, however many open it at once", async () => {
    const ledger = await makePostgresLedger();
    const stores = await Promise.all(Array.from({ length: 8 }, () => ledger.open()));
    for (const store of stores) await create(store);
    expect(await ledger.query("select version from {schema}.ledger_version")).toEqual([{ version: knownVersion }]);
    expect(await ledger.query("select count(*)::int as runs from {schema}.flow_run")).toEqual([{ runs: 8 }]);
    await Promise.all(stores.map((store) => store.close()));
    await ledger.remove();
  });

  test("says when it may not be made, and works for somebody who may only use it", async () => {
    const ledger = await makePostgresLedger();
    const role = `guest_${shortId()}`;
    await ledger.query(`create role ${role} login password 'guest'`);
    const url = new URL(ledger.url);
    url.username = role;
    url.password = "guest";
    await expect(open(url.href)).rejects.toMatchObject({ code: "LEDGER_UNWRITABLE" });
    const store = await ledger.open();
    await store.close();
    await ledger.query(`grant usage on schema {schema} to ${role}`);
    await ledger.query(`grant all on all tables in schema {schema} to ${role}`);
    await ledger.query(`grant all on all sequences in schema {schema} to ${role}`);
    const guest = await open(url.href);
    const run = await create(guest);
    expect(await guest.readFlowRuns([run.id])).toEqual([run]);
    expect((await guest.findEvents({}, {})).items).toHaveLength(2);
    await guest.close();
    await ledger.query(`drop owned by ${role}`);
    await ledger.query(`drop role ${role}`);
    await ledger.remove();
  });

  test("does not keep a program running that has forgotten to close it", async () => {
    const ledger = await makePostgresLedger();
    const script = `
      const { openPostgresStore } = await import(${JSON.stringify(import.meta.resolve("./open.ts"))});
      const { systemClock } = await import(${JSON.stringify(import.meta.resolve("../../kit/clock.ts"))});
      const store = await openPostgresStore({ url: ${JSON.stringify(ledger.url)}, clock: systemClock });
      console.log(store.schemaVersion);`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
    expect(stdout).toBe(`${knownVersion}\n`);
    await ledger.remove();
  });

  test("keeps ledgers in different schemas apart", async () => {
    const ledgers = [await makePostgresLedger(), await makePostgresLedger()] as const;
    const stores = [await ledgers[0].open(), await ledgers[1].open()] as const;
    const run = await create(stores[0]);
    expect(await stores[1].readFlowRuns([run.id])).toEqual([]);
    for (const store of stores) await store.close();
    for (const ledger of ledgers) await ledger.remove();
  });
});

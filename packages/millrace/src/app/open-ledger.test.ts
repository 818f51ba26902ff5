import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { systemClock } from "../kit/clock.ts";
import { serverUrl } from "./open-ledger.ts";
import { readSettings } from "./settings.ts";
import { type RunningServer, startServer } from "./start-server.ts";
import { openEngine } from "./open-engine.ts";

const open: RunningServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

const newHome = (): string => mkdtempSync(join(tmpdir(), "millrace-open-ledger-"));

async function start(): Promise<RunningServer> {
  const server = await startServer({ settings: readSettings({ home: newHome(), env: {} }), port: 0 });
  open.push(server);
  return server;
}

test("a ledger that is named goes before the server of the settings", () => {
  const env = { MILLRACE_API_URL: "http://127.0.0.1:4270", MILLRACE_HOME: "/some/home" };
  expect(serverUrl(readSettings({ env }))).toBe("http://127.0.0.1:4270");
  expect(serverUrl(readSettings({ env, home: "/other" }))).toBeNull();
  expect(serverUrl(readSettings({ env, database: "postgres://db/x" }))).toBeNull();
  expect(serverUrl(readSettings({ env, home: "/other", apiUrl: "http://h:1" }))).toBe("http://h:1");
  expect(serverUrl(readSettings({ env: {} }))).toBeNull();
});

test("a URL that is none is told", () => {
  const settings = () => readSettings({ env: { MILLRACE_API_URL: "localhost:4270" } });
  expect(settings).toThrow(expect.objectContaining({ code: "SETTING_INVALID" }));
});

test("an engine over a server opens no ledger, and leases as the server does", async () => {
  const { url } = await start();
  const settings = readSettings({ env: { MILLRACE_API_URL: url, MILLRACE_HOME: newHome(), MILLRACE_LEASE_MS: "1h" } });
  const opened = await openEngine(settings);
  expect(opened.store).toBeNull();
  const identity = { id: "0199a000-0000-7000-8000-000000000001", host: "h", bootId: null, pid: 1, startToken: null };
  const { leaseExpiresAt } = await opened.api.registerProcess({ ...identity, startedAt: systemClock.now() });
  expect(leaseExpiresAt - systemClock.now()).toBeLessThanOrEqual(30_000);
  await opened.close();
});

test("a server that is not there is told when it is opened", async () => {
  const settings = readSettings({ env: { MILLRACE_API_URL: "http://127.0.0.1:9", MILLRACE_HOME: newHome() } });
  await expect(openEngine(settings)).rejects.toMatchObject({ code: "SERVER_UNREACHABLE" });
});

const program = `
  import { registerHooks } from "node:module";
  const files = [];
  registerHooks({ load: (url, context, next) => (files.push(url), next(url, context)) });
  const { flow } = await import(${JSON.stringify(new URL("../exports/index.ts", import.meta.url).href)});
  await flow({ name: "hello" }, async () => 1)();
  console.log(JSON.stringify(files));
`;

function filesLoadedBy(env: Readonly<Record<string, string>>): readonly string[] {
  const args = ["--input-type=module", "--eval", program];
  const output = execFileSync(process.execPath, args, {
    encoding: "utf8",
    env: { ...process.env, MILLRACE_LIVE: "off", MILLRACE_HOME: newHome(), ...env },
  });
  return JSON.parse(output) as readonly string[];
}

test("a flow loads a client only where a server is set, and never a server or schemas", async () => {
  const isOfServer = (url: string): boolean => /\/node_modules\/(zod|fastify)\/|\/src\/server\//.test(url);
  const isOfClient = (url: string): boolean => url.includes("/src/client/");
  const own = filesLoadedBy({});
  expect([own.some(isOfServer), own.some(isOfClient)]).toEqual([false, false]);
  expect(own.some((url) => url.includes("/store/sqlite/"))).toBe(true);
});

test("and over a server it loads no store", async () => {
  const server = await start();
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  // The server is in this process, which must go on meanwhile.
  const { execFile } = await import("node:child_process");
  const env = { ...process.env, MILLRACE_LIVE: "off", MILLRACE_HOME: newHome(), MILLRACE_API_URL: server.url };
  execFile(process.execPath, ["--input-type=module", "--eval", program], { env }, (error, stdout) =>
    resolve(error === null ? (JSON.parse(stdout) as readonly string[]) : [error.message]),
  );
  const files = await promise;
  expect(files.some((url) => url.includes("/src/client/"))).toBe(true);
  expect(files.filter((url) => /\/node_modules\/(zod|fastify)\/|\/src\/server\/|\/store\/sqlite\//.test(url))).toEqual(
    [],
  );
});

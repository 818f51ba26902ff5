import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test, vi } from "vitest";
import { readSettings } from "../../../app/settings.ts";
import { startServer } from "../../../app/start-server.ts";
import { createCommandLine } from "../../in-process.testsuite.ts";
import { describeFailure } from "./status.ts";

const ledger = createCommandLine();

async function ask(url: string, ...words: readonly string[]) {
  vi.stubEnv("MILLRACE_SERVER_PORT", new URL(url).port);
  try {
    const { code, stdout } = await ledger.run("server", "status", "--json", ...words);
    return { code, status: JSON.parse(stdout) as Readonly<Record<string, unknown>> };
  } finally {
    vi.unstubAllEnvs();
  }
}

test("says whether a server is ready, and why it is not", async () => {
  const server = await startServer({ settings: readSettings({ home: ledger.home }), host: "127.0.0.1", port: 0 });
  const { url } = server;
  try {
    expect(await ask(url, "--wait", "20s")).toEqual({
      code: 0,
      status: {
        url,
        status: "ready",
        version: expect.any(String) as string,
        apiVersion: 1,
        account: null,
        reason: null,
      },
    });
  } finally {
    await server.close();
  }
  const gone = await ask(url);
  expect([gone.code, gone.status.status]).toEqual([1, "not reached"]);
  expect(gone.status.reason).toEqual(expect.any(String));
});

test("says of a server with access control that it is there", async () => {
  const settings = readSettings({ home: ledger.home });
  const server = await startServer({ settings, host: "127.0.0.1", port: 0, accessControl: true });
  try {
    expect(await ask(server.url)).toMatchObject({ code: 0, status: { status: "ready", version: null, account: null } });
  } finally {
    await server.close();
  }
});

test("another server is none of Millrace", async () => {
  const other = createServer((_, response) => void response.writeHead(404).end("nothing here"));
  await new Promise<void>((resolve) => void other.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = other.address() as AddressInfo;
    const found = await ask(`http://127.0.0.1:${port}`);
    expect(found.code).toBe(1);
    expect(found.status).toMatchObject({ status: "not reached", reason: expect.stringContaining("404") as string });
  } finally {
    other.close();
  }
});

test("why it cannot be reached, of a host with several addresses too", async () => {
  const closed = createServer();
  await new Promise<void>((resolve) => void closed.listen(0, "127.0.0.1", resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise<unknown>((resolve) => void closed.close(resolve));
  const refused = await fetch(`http://127.0.0.1:${port}`).then(String, (error: Error) => error.cause);
  const said = `connect ECONNREFUSED 127.0.0.1:${port}`;
  expect(describeFailure(new TypeError("fetch failed", { cause: refused }))).toBe(said);
  // As Node has it of `localhost`, where that is 127.0.0.1 and ::1.
  const ofBoth = Object.assign(new AggregateError([refused, new Error("the other")]), { code: "ECONNREFUSED" });
  expect(describeFailure(new TypeError("fetch failed", { cause: ofBoth }))).toBe(said);
  const untold = Object.assign(new AggregateError([]), { code: "ECONNREFUSED" });
  expect(describeFailure(new TypeError("fetch failed", { cause: untold }))).toBe("ECONNREFUSED");
  expect(describeFailure(new TypeError("fetch failed"))).toBe("fetch failed");
});

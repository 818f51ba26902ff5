/**
 * Pages of somebody else's in a real browser: one whose name leads to the server by now, so that the browser takes what it asks there for
 * its own, and one that asks it from elsewhere. Neither reads or changes anything, by no verb, socket, stream or form.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createClient } from "millrace/client";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readSettings } from "../../packages/millrace/src/app/settings.ts";
import { type RunningServer, startServer } from "../../packages/millrace/src/app/start-server.ts";
import { launchBrowser } from "../../tools/browser.ts";

const host = "evil.example";

describe.skipIf(process.env.MILLRACE_TEST_BROWSER_SKIPPED !== undefined)("a page of somebody else's", () => {
  let browser: Browser;
  let evil: Server;
  let elsewhere: Server;
  let server: RunningServer | null = null;
  const home = mkdtempSync(join(process.env.MILLRACE_HOME ?? "/tmp", "rebinding-"));
  /** What the server answered, since the pages were there. */
  const answered: number[] = [];

  beforeAll(async () => {
    browser = await launchBrowser(process.env.MILLRACE_TEST_BROWSER ?? "", [
      `--host-resolver-rules=MAP ${host} 127.0.0.1`,
    ]);
    [evil, elsewhere] = await Promise.all([startEvil(), startEvil()]);
  });
  afterAll(async () => {
    await browser?.close();
    elsewhere?.close();
    await server?.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });

  test("reaches nothing of the server, also where its name leads there", async () => {
    const port = portOf(evil);
    const [rebound, beside] = [await browser.newPage(), await browser.newPage()];
    await rebound.goto(`http://${host}:${port}/`);
    await beside.goto(`http://${host}:${portOf(elsewhere)}/`);
    // The name leads to the server from now on: that listens where the page has come from.
    await stop(evil);
    const settings = readSettings({ home, env: {} });
    server = await startServer({ settings, host: "127.0.0.1", port, onRequest: ({ status }) => answered.push(status) });
    const client = createClient({ url: server.url });
    await client.writeVariable({ name: "mine", value: '"kept"', tags: [] });
    answered.length = 0;

    const heard = await rebound.evaluate(askAll, "");
    expect(Object.keys(heard)).toHaveLength(38);
    expect(Object.entries(heard).filter(([, what]) => what !== "403" && what !== "refused")).toEqual([]);
    const shown = await rebound.goto(`http://${host}:${port}/`);
    expect(shown?.status()).toBe(403);

    // From elsewhere the browser itself keeps most of it from the page, and tells it of nothing that it may send.
    const fromElsewhere = await beside.evaluate(askAll, `http://127.0.0.1:${port}`);
    expect(new Set(Object.values(fromElsewhere))).toEqual(new Set(["refused"]));

    expect(answered.length).toBeGreaterThan(50);
    expect(new Set(answered)).toEqual(new Set([403]));
    expect((await client.listVariables()).items.map(({ name, value }) => [name, value])).toEqual([["mine", '"kept"']]);
    expect((await client.listFlowRuns({})).items).toEqual([]);
    await client.close();
  });
});

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function startEvil(): Promise<Server> {
  const server = createServer((_request, response) =>
    response.writeHead(200, { "content-type": "text/html", connection: "close" }).end("<title>evil</title>"),
  );
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return server;
}

function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  server.closeAllConnections();
  return closed;
}

/** In the page: what it hears of each thing that it asks, a status or "refused". @param origin empty: that of the page */
async function askAll(origin: string): Promise<Record<string, string>> {
  const paths = ["/v1/variables/mine", "/v1/flow-runs/submit", "/api/variables/filter", "/v1/session", "/"];
  const told: Record<string, string> = {};
  for (const path of paths) {
    for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]) {
      const body = method === "GET" || method === "HEAD" ? {} : { body: '{"name":"mine","value":"1"}' };
      // With what a form may send, no browser asks beforehand whether it may.
      const headers = { "content-type": method === "POST" ? "text/plain" : "application/json" };
      const sent = "body" in body ? { method, headers, ...body } : { method };
      told[`${method} ${path}`] = await fetch(origin + path, sent).then(
        ({ status }) => String(status),
        () => "refused",
      );
    }
    if (path === "/") continue;
    const mode = origin === "" ? "same-origin" : "no-cors";
    told[`form ${path}`] = await fetch(origin + path, {
      method: "POST",
      mode,
      body: new URLSearchParams({ a: "b" }),
    }).then(
      ({ status, type }) => (type === "opaque" ? "refused" : String(status)),
      () => "refused",
    );
  }
  const sockets = (origin === "" ? location.origin : origin).replace("http", "ws");
  for (const path of ["/api/events/out", "/api/logs/out"]) {
    told[`socket ${path}`] = await new Promise((resolve) => {
      const socket = new WebSocket(sockets + path);
      socket.onopen = () => resolve("open");
      socket.onerror = () => resolve("refused");
    });
  }
  for (const path of ["/v1/events/stream", "/v1/events/stream?after=0"]) {
    told[`stream ${path}`] = await new Promise((resolve) => {
      const stream = new EventSource(origin + path);
      stream.onopen = () => resolve("open");
      stream.onerror = () => resolve("refused");
    });
  }
  return told;
}

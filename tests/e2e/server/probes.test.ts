/** What is asked of a server by whoever started it, while it starts, serves and stops. */

import { Agent, request as httpRequest } from "node:http";
import { expect, test } from "vitest";
import { createLedger, until } from "../cli/millrace.ts";
import { postgresSkipped } from "./postgres-schema.ts";
import { databases, startServer, startServerOn } from "./server.ts";

const statusOf = async (url: string): Promise<number> => (await fetch(url)).status;

test.for(databases)("a server on %s is ready, and tells Prometheus of its database", async (database, { skip }) => {
  skip(database === "PostgreSQL" && postgresSkipped !== undefined, postgresSkipped);
  const server = await startServerOn(database);
  expect(await statusOf(`${server.url}/readyz`)).toBe(200);
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toContain("\nmillrace_ledger_up 1\n");
  expect(metrics).toMatch(/\nmillrace_database_size_bytes [1-9]\d*\n/);
  const own = {
    SQLite: /\nmillrace_sqlite_log_bytes \d+\n/,
    PostgreSQL: /\nmillrace_postgres_connections_max 10\n/,
  };
  expect(metrics).toMatch(own[database]);
});

test("a server that is told to stop says first that it is not ready, and goes on answering for a while", async () => {
  const server = await startServer(createLedger(), { env: { MILLRACE_STOP_DELAY_MS: "3s" } });
  expect([await statusOf(`${server.url}/livez`), await statusOf(`${server.url}/readyz`)]).toEqual([200, 200]);
  const ended = server.end("SIGTERM");
  await until(async () => (await statusOf(`${server.url}/readyz`)) === 503);
  expect([await statusOf(`${server.url}/livez`), await statusOf(`${server.url}/v1/version`)]).toEqual([200, 200]);
  expect(await ended).toMatchObject({ code: 0 });
});

test("what is under way when it is told to stop is finished, and nothing new is begun", async () => {
  const server = await startServer(createLedger());
  const body = JSON.stringify({ name: "greeting", value: '"hello"' });
  const agent = new Agent({ keepAlive: true });
  const answered = Promise.withResolvers<number | undefined>();
  const slow = httpRequest(
    `${server.url}/v1/objects/variable`,
    { agent, method: "POST", headers: { "content-type": "application/json", "content-length": body.length } },
    (response) => {
      response.resume();
      answered.resolve(response.statusCode);
    },
  );
  slow.on("error", answered.reject);
  slow.write(body.slice(0, 10));
  // It has come in when what was sent after it is answered.
  await statusOf(`${server.url}/v1/version`);
  const ended = server.end("SIGTERM");
  const problems = await until(async () => {
    const answer = await fetch(`${server.url}/readyz`);
    return answer.status === 503 && ((await answer.json()) as { readonly problems: readonly unknown[] }).problems;
  });
  expect(problems).toEqual([{ part: "shutdown", name: null, code: null, reason: "it is stopping" }]);
  await until(async () => (await statusOf(`${server.url}/v1/version`)) === 503);
  expect([await statusOf(`${server.url}/livez`), await statusOf(`${server.url}/readyz`)]).toEqual([200, 503]);
  slow.end(body.slice(10));
  expect(await answered.promise).toBeLessThan(500);
  expect(await ended).toMatchObject({ code: 0 });
  agent.destroy();
});

/** A worker and its runs on a server that asks who comes. */

import { createServer, request as ask } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createClient } from "millrace/client";
import { expect, onTestFinished, test } from "vitest";
import { createLedger, until } from "../cli/millrace.ts";
import { linesOf } from "../serve/serving.ts";
import { startServer } from "../server/server.ts";
import { ask as askForRun, endOf, makeProject, startWorker } from "./project.ts";

interface Guarded {
  readonly url: string;
  /** What was let in, and what was not: "PUT /v1/…". */
  readonly letIn: readonly string[];
  readonly refused: readonly string[];
}

/** Lets nobody to a server but who comes with the key. */
async function guard(url: string, key: string): Promise<Guarded> {
  const letIn: string[] = [];
  const refused: string[] = [];
  const front = createServer((incoming, response) => {
    const { method = "", url: path = "", headers } = incoming;
    const isKnown = headers.authorization === `Bearer ${key}`;
    (isKnown ? letIn : refused).push(`${method} ${path}`);
    if (!isKnown) return response.writeHead(401).end("{}");
    const there = ask(`${url}${path}`, { method, headers: { ...headers, host: new URL(url).host } }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    there.on("error", () => response.destroy());
    response.on("close", () => there.destroy());
    return incoming.pipe(there);
  });
  await new Promise<void>((resolve) => void front.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    front.closeAllConnections();
    front.close();
  });
  return { url: `http://127.0.0.1:${(front.address() as AddressInfo).port}`, letIn, refused };
}

test("a worker hands the key of its profile to the processes of its runs, and tells nobody", async () => {
  const key = `mr_${"k".repeat(65)}`;
  const server = await startServer(createLedger(), { env: { MILLRACE_LEASE_MS: "5s" } });
  const guarded = await guard(server.url, key);
  const ledger = createLedger();
  await ledger.run(["config", "set", "apiUrl", guarded.url]);
  await ledger.run(["config", "set", "apiKey"], { input: key });
  const client = createClient({ url: server.url });
  await client.createWorkPool({ name: "local", type: "process", paused: false });
  const deployed = await ledger.run(["deploy", "--all"], { cwd: makeProject() });
  expect([deployed.code, deployed.stderr]).toEqual([0, ""]);
  const env = { DIARY: join(ledger.home, "diary"), MILLRACE_GRACE_MS: "1s" };
  await startWorker(ledger, { env });

  const ended = await endOf(client, await askForRun(client, "quick/nightly", { n: 1 }));
  expect(ended.state.type).toBe("COMPLETED");
  expect(linesOf(env.DIARY)).toEqual(["quick 1"]);
  // The question that waits for the next run is asked with it too.
  await until(() => guarded.letIn.filter((asked) => asked.includes("/v1/flow-runs/due")).length > 2);
  expect(guarded.refused).toEqual([]);
  expect(JSON.stringify(ended)).not.toContain("kkkk");
  const logs = await client.listLogs({ flowRunIds: [ended.id] });
  expect(JSON.stringify(logs)).not.toContain("kkkk");
});

/** What a server and a worker print of what they do, as JSON: each line is an object, whoever has had a part in it. */

import { request as httpRequest } from "node:http";
import { createClient } from "millrace/client";
import { expect, test } from "vitest";
import { createLedger, type Running, until } from "../cli/millrace.ts";
import { createRemoteLedger, startServer } from "../server/server.ts";
import { ask, endOf, makeProject, startWorker } from "./project.ts";

interface Line {
  readonly time: string;
  readonly level: string;
  readonly component: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Fails where a line is no object. */
const linesOf = ({ printed }: Running): readonly Line[] =>
  printed()
    .stderr.split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);

const json = { MILLRACE_LOG_FORMAT: "json" };
const traceId = "0af7651916cd43dd8448eb211c80319c";

test("a request is a line with its ids, what it asks for notwithstanding", async () => {
  const server = await startServer(createLedger(), { args: ["--log-level", "debug", "--log-format", "json"] });
  await new Promise<void>((resolve, reject) => {
    const headers = { "x-request-id": "mine-1", traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    const path = "/v1/%0A%7B%22level%22:%22fatal%22%7D?a=\u00e4%1b[31m";
    httpRequest(encodeURI(`${server.url}/`), { path: encodeURI(path), headers }, (response) => {
      response.resume();
      response.on("end", resolve);
    })
      .on("error", reject)
      .end();
  });
  const line = await until(() => linesOf(server.running).find(({ requestId }) => requestId === "mine-1"));
  expect(line).toMatchObject({ level: "debug", component: "server", verb: "GET", status: 404, traceId });
  expect(Date.parse(line.time)).toBeGreaterThan(0);
  const { code, stderr } = await server.end("SIGTERM");
  expect(code).toBe(0);
  expect(stderr).not.toContain("\u001b");
  expect(linesOf(server.running).map(({ component }) => component)).not.toContain(undefined);
});

test("why a server cannot start is a line too", async () => {
  const first = await startServer(createLedger());
  const { port } = new URL(first.url);
  const second = createLedger().start(["server", "start", "--port", port], { env: json });
  expect((await second.ended).code).toBe(1);
  expect(linesOf(second)).toMatchObject([{ level: "fatal", error: { code: "SERVER_ADDRESS_TAKEN" } }]);
  expect(second.printed().stdout).toBe("");
});

test("what the process of a run writes is told by the worker, with its run", async () => {
  const server = await startServer(createLedger());
  const ledger = createRemoteLedger(server.url);
  const client = createClient({ url: server.url });
  await client.createWorkPool({ name: "local", type: "process", paused: false });
  const project = makeProject({ files: ["loud.ts"] });
  await ledger.run(["deploy", "loud.ts:loud", "--pool", "local", "--name", "main"], { cwd: project });
  const worker = ledger.start(["worker", "start", "--pool", "local"], { env: json });
  await until(() => linesOf(worker).some(({ pool }) => pool === "local"));
  const id = await ask(client, "loud/main");
  expect((await endOf(client, id)).state.type).toBe("COMPLETED");
  await until(() => linesOf(worker).some(({ msg }) => msg.includes("Completed")));
  worker.child.kill("SIGTERM");
  await worker.ended;
  const ofRun = linesOf(worker).filter(({ runId }) => runId === id);
  const said = ofRun.filter(({ component }) => component === "run").map(({ msg }) => msg);
  expect(said.slice(0, 2)).toEqual(["first", 'second "quoted" \u001b[31m{"level":"fatal"}']);
  expect(said.join("\n")).toContain("be careful");
  expect(ofRun.filter(({ component }) => component === "worker")).toMatchObject([
    { level: "info", flow: "loud" },
    { level: "info", flow: "loud" },
  ]);
  expect(linesOf(worker).map(({ level }) => level)).not.toContain("fatal");
});

test("lines for people have times and levels, and are fewer where that is asked for", async () => {
  const server = await startServer(createLedger(), { env: { MILLRACE_PROCESS_LOG_LEVEL: "error" } });
  const ledger = createRemoteLedger(server.url);
  const worker = await startWorker(ledger, { env: {}, words: ["--log-level", "warn"] });
  worker.child.kill("SIGTERM");
  expect((await worker.ended).stderr).toBe("");
  const other = await startWorker(ledger, { env: {} });
  other.child.kill("SIGTERM");
  expect((await other.ended).stderr).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z info {2}worker: Taking no more runs/);
});

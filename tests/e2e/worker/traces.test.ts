/** A trace across processes, each instrumented by OpenTelemetry's own SDK: who asks, the server, the process of the run. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Client, createClient } from "millrace/client";
import { expect, test } from "vitest";
import { createLedger, type Ledger, until } from "../cli/millrace.ts";
import { createRemoteLedger, type ServerUnderTest, startServer } from "../server/server.ts";
import { endOf, makeProject, startWorker } from "./project.ts";

interface WrittenSpan {
  readonly name: string;
  readonly spanId: string;
  readonly traceId: string;
  readonly parentId: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: { readonly code: number; readonly message?: string };
  readonly pid: number;
}

interface Place {
  readonly server: ServerUnderTest;
  readonly ledger: Ledger;
  readonly client: Client;
  /** Those that were written, once there is one of this name. */
  readonly spans: (name: string) => Promise<readonly WrittenSpan[]>;
}

const instrumentation = pathToFileURL(join(import.meta.dirname, "fixtures/instrumentation.ts")).href;
const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";
const traceparent = `00-${traceId}-${spanId}-01`;

/** A server and a worker that are instrumented, and a deployment. */
async function openPlace(): Promise<Place> {
  const file = createLedger();
  const path = join(file.home, "spans");
  const env = { SPANS: path, NODE_OPTIONS: `--conditions=millrace-source --import=${instrumentation}` };
  const server = await startServer(createLedger(), { env });
  const ledger = createRemoteLedger(server.url);
  const client = createClient({ url: server.url, traceparent: () => traceparent });
  await client.createWorkPool({ name: "local", type: "process", paused: false });
  const project = makeProject({ files: ["traced.ts"] });
  const deployed = await ledger.run(["deploy", "traced.ts:traced", "--pool", "local", "--name", "main"], {
    cwd: project,
  });
  expect([deployed.code, deployed.stderr]).toEqual([0, ""]);
  await startWorker(ledger, { env: { ...env, TRACEPARENT: `00-${"9".repeat(32)}-${spanId}-01` } });
  const read = (): readonly WrittenSpan[] =>
    !existsSync(path)
      ? []
      : readFileSync(path, "utf8")
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as WrittenSpan);
  const spans: Place["spans"] = (name) =>
    until(() => {
      const found = read();
      return found.some((span) => span.name === name) && found;
    });
  return { server, ledger, client, spans };
}

function only(spans: readonly WrittenSpan[], name: string, runId?: string): WrittenSpan {
  const found = spans.filter(
    (span) => span.name === name && (runId === undefined || span.attributes["millrace.flow_run.id"] === runId),
  );
  expect(found.map((span) => span.name)).toEqual([name]);
  return found[0] as WrittenSpan;
}

test("a run that is asked for over HTTP goes on with the trace: request, flow, task, in three processes", async () => {
  const { server, client, spans } = await openPlace();
  const { run } = await client.submitRun({ deployment: "traced/main", parameters: { fails: true } });
  expect((await endOf(client, run.id)).state.type).toBe("FAILED");
  const ofRun = await spans("flow traced");
  const flow = only(ofRun, "flow traced");
  const step = only(ofRun, "task step");
  await server.end("SIGTERM");
  const request = only(await spans("POST /v1/flow-runs/submit"), "POST /v1/flow-runs/submit");
  expect([request.traceId, request.parentId]).toEqual([traceId, spanId]);
  expect(request.attributes).toMatchObject({ "http.response.status_code": 200, "http.route": "/v1/flow-runs/submit" });
  expect([flow.traceId, flow.parentId]).toEqual([traceId, request.spanId]);
  expect([step.traceId, step.parentId]).toEqual([traceId, flow.spanId]);
  expect(step.attributes).toMatchObject({ "error.type": "RangeError", "millrace.flow_run.id": run.id });
  expect([flow.status, step.status]).toEqual([
    { code: 2, message: "too far" },
    { code: 2, message: "too far" },
  ]);
  expect(new Set([request.pid, flow.pid]).size).toBe(2);
  expect(step.pid).toBe(flow.pid);
});

test("a trace that a command is in goes on in its run, and in what the run starts; that of the worker does not", async () => {
  const { ledger, client, spans } = await openPlace();
  const { code, stdout } = await ledger.run(["deployment", "run", "traced/main", "--json"], {
    env: { TRACEPARENT: traceparent },
  });
  expect(code).toBe(0);
  const { id } = (JSON.parse(stdout) as { readonly run: { readonly id: string } }).run;
  const run = await endOf(client, id);
  expect(run.state.type).toBe("COMPLETED");
  expect(JSON.stringify(run.result)).toContain(traceparent);
  const flow = only(await spans("flow traced"), "flow traced", id);
  expect([flow.traceId, flow.parentId]).toEqual([traceId, spanId]);

  const untraced = createClient({ url: (await ledger.json<{ readonly url: string }>("server", "status")).url });
  const other = await untraced.submitRun({ deployment: "traced/main" });
  await endOf(untraced, other.run.id);
  const kept = await until(async () => {
    const found = (await untraced.readFlowRun(other.run.id))?.extra.labels?.__OTEL_TRACEPARENT;
    return typeof found === "string" && found;
  });
  expect(kept).not.toContain("9".repeat(32));
});

/**
 * TypeScript and Python on one server: deployments of each are started by the other, and their results read; pauses of each
 * are answered by the other, and by people through our inbox.
 */

import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Client, createClient } from "../../packages/millrace/src/client/create-client.ts";
import { type Running, until } from "../e2e/cli/millrace.ts";
import { type ServerUnderTest, startServer } from "../e2e/server/server.ts";
import { createPythonHome, prefectSkipped, runPython } from "./harness/python.ts";
import { ownTargets, useLedger } from "./harness/targets.ts";

const folder = join(import.meta.dirname, "fixtures/languages");
const deployments = 9;

describe.skipIf(prefectSkipped !== undefined).each(ownTargets())("TypeScript and Python on one server, %s", (kind) => {
  const { ledger } = useLedger(kind);
  const home = createPythonHome();
  let server: ServerUnderTest;
  let url = "";
  let client: Client;
  let typescript: Running;

  beforeAll(async () => {
    server = await startServer(ledger());
    ({ url } = server);
    client = createClient({ url });
    typescript = ledger().startFile(join(folder, "served.ts"), { env: { MILLRACE_API_URL: url } });
    const python = runPython({ home, apiUrl: `${url}/api`, args: [join(folder, "served.py")] });
    python.catch(() => undefined);
    await until(async () => (await client.count("deployment", { all: [] })) === deployments);
  });
  afterAll(async () => {
    typescript.child.kill("SIGKILL");
    home.close();
    await server.end("SIGKILL");
  });

  async function start(deployment: string, parameters = {}): Promise<string> {
    const [flowName, name] = deployment.split("/");
    const { items } = await client.listObjects("deployment", { where: { field: "name", in: [name ?? ""] } });
    const found = items.find((each) => each.flowName === flowName);
    if (found === undefined) throw new Error(`There is no deployment ${deployment}`);
    return (await client.submitRun({ deployment: found.id, parameters })).run.id;
  }

  async function resultOf(id: string): Promise<unknown> {
    const run = await until(async () => {
      const found = await client.readFlowRun(id);
      return found?.endedAt != null && found;
    });
    return run.result?.storage === "inline" ? JSON.parse(run.result.data) : run.state;
  }

  const read = async (deployment: string): Promise<unknown> =>
    resultOf(await start("reading/typescript", { deployment }));

  test("a flow of TypeScript reads what a flow of Python has kept as JSON, in a folder or in a block", async () => {
    expect(await read("counting/python")).toEqual({
      state: "COMPLETED",
      value: { counted: [1, 2, null], at: "2026-11-22T00:00:00Z" },
    });
    expect(await read("counting-in-a-block/python")).toEqual({ state: "COMPLETED", value: ["kept", "in a block"] });
  });

  test("a pickle is refused with what to do, and what was not kept is told so", async () => {
    expect(await read("pickling/python")).toMatchObject({
      state: "COMPLETED",
      code: "RESULT_UNREADABLE",
      message: expect.stringContaining('result_serializer="json"'),
    });
    expect(await read("forgetting/python")).toMatchObject({ state: "COMPLETED", code: "RESULT_NOT_KEPT" });
  });

  test("a pause of Python is in the inbox with its form, and goes on with the answer that is given there", async () => {
    const id = await start("approving/python");
    // Its client sends the description after the form.
    const item = await until(async () => {
      const found = await client.readInboxItem(id);
      return found?.description != null && found;
    });
    expect(item).toMatchObject({
      flowName: "approving",
      kind: "paused",
      description: "Release it?",
      schema: { properties: { approved: { type: "boolean" }, note: { default: "draft" } }, required: ["approved"] },
      onTimeout: { kind: "fail" },
    });
    expect(item.until).toBeGreaterThan(item.since);
    const wrong = client.answerPause({ flowRunId: id, input: { approved: "many" } });
    await expect(wrong).rejects.toMatchObject({ code: "INPUT_INVALID", data: { paths: [{ path: ["approved"] }] } });
    await client.answerPause({ flowRunId: id, input: { approved: true }, answeredBy: "ada" });
    await expect(client.answerPause({ flowRunId: id, input: { approved: false } })).rejects.toMatchObject({
      code: "PAUSE_NOT_WAITING",
    });
    expect(await resultOf(id)).toMatchObject({ type: "COMPLETED" });
    expect(await client.listAnswers(id)).toMatchObject([
      { answeredBy: "ada", value: { approved: true }, state: "taken" },
    ]);
    expect(await client.listInbox()).toMatchObject({ items: [] });
  });

  test("Python starts flows of TypeScript and reads their results, and answers their pauses", async () => {
    const { code, stdout, stderr } = await runPython({
      home,
      apiUrl: `${url}/api`,
      args: [join(folder, "client.py")],
    });
    expect(stderr.includes("Traceback") ? stderr : code).toBe(0);
    const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
    const told = new Map(
      lines.map((line) => JSON.parse(line) as { name: string; what: unknown }).map((each) => [each.name, each.what]),
    );
    const answer = { approved: true, note: "from Python" };
    expect(Object.fromEntries(told)).toEqual({
      result: { tripled: 42, by: "TypeScript", kept: null },
      "beyond JSON": "MissingResult",
      "asking/typescript refused": ["REJECT", expect.stringContaining("approved must be boolean")],
      // The second is refused, or too late.
      "asking/typescript answers": ["ACCEPT", expect.stringMatching(/^(REJECT|ABORT)$/)],
      "asking/typescript": answer,
      "leaving/typescript refused": ["REJECT", expect.stringContaining("approved must be boolean")],
      "leaving/typescript answers": ["ACCEPT", expect.stringMatching(/^(REJECT|ABORT)$/)],
      "leaving/typescript": answer,
    });
  });
});

test.skipIf(prefectSkipped === undefined)("needs Prefect", () => {
  expect(prefectSkipped).toBeDefined();
});

/**
 * What a server says that obeys nobody's rules about names, on a terminal: each text that it has from people, and each that it need
 * not have from them, holds what a terminal obeys. Nothing of it may be printed.
 */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OverHttp, startOverHttp } from "../client/over-http.testsuite.ts";
import type { Api } from "../contract/api.ts";
import { uuidv7 } from "../kit/ids.ts";
import { aLogLine, anArtifact, aState, aTaskRun } from "../store/suite/samples.testsuite.ts";
import { commandTable } from "./command-table.ts";
import { createCommandLine } from "./in-process.testsuite.ts";

/** Of what people may call things; the server makes it worse. */
const name = "evil";
const orders =
  "\u001b]0;owned\u0007\u001b[2J\u001b[31m\u001b[8mgone\u001b]8;;http://a\u0007\u009b2J\u0085\r\n\tError: none\b\b\u202eback";
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

const runId = uuidv7();
const failedId = uuidv7();
let over: OverHttp | undefined;

const commands = createCommandLine({
  async between(api) {
    over = await startOverHttp(api, { client: { fetch: speakEvil } });
    return over.client;
  },
});
afterAll(() => over?.server.close());

/** The platform's, with what a terminal obeys in each text that the server has. */
async function speakEvil(...request: Parameters<typeof fetch>): Promise<Response> {
  const { status, headers, ok, body } = await fetch(...request);
  if (status === 204 || body === null) return new Response(null, { status });
  const text = await new Response(body).text();
  const told = text
    .replaceAll(name, JSON.stringify(`${name}${orders}`).slice(1, -1))
    .replaceAll('"kind":"markdown"', `"kind":${JSON.stringify(`markdown${orders}`)}`)
    .replaceAll('"type":"process"', `"type":${JSON.stringify(`process${orders}`)}`);
  return new Response(told, ok ? { status, headers: { "content-type": "application/json" } } : { status, headers });
}

beforeAll(() => commands.seed(seed));

async function seed(api: Api): Promise<void> {
  const pool = await api.createWorkPool({ name, type: "process", paused: false, description: name });
  const queue = await api.createWorkQueue({ workPoolId: pool.id, name, paused: true, description: name });
  await api.heartbeatWorker({ workPoolId: pool.id, name });
  await api.saveDeployment({
    flowName: name,
    name,
    tags: [name],
    workPoolId: pool.id,
    workQueueId: queue.id,
    version: name,
    description: name,
    schedules: [{ slug: name, active: true, spec: { kind: "cron", cron: "0 0 * * *" } }],
  });
  const type = await api.createObject("block-type", { slug: name, name, description: name });
  const schema = { blockTypeId: type.id, checksum: name, schemaVersion: "1", capabilities: [name] };
  const { id: blockSchemaId } = await api.createObject("block-schema", schema);
  const block = { blockTypeId: type.id, blockSchemaId, name, anonymous: false, data: { [name]: name } };
  await api.createObject("block-document", block);
  for (const limit of [`tag:${name}`, name]) {
    const slots = { active: true, slots: 2, taken: 0, takenAt: 0, decayPerSecond: 0, denied: 0 };
    await api.createObject("concurrency-limit", { name: limit, ...slots });
  }
  const trigger = { kind: "event", posture: "Reactive", match: {}, matchRelated: [], after: [], forEach: [] };
  await api.createObject("automation", {
    name,
    description: name,
    enabled: true,
    tags: [name],
    owner: null,
    trigger: { ...trigger, expect: [name], threshold: 1, withinMs: 60_000 },
    actions: [{ kind: "do-nothing" }],
  });
  await api.createObject("webhook", { name, slug: name, enabled: true, description: name });
  await api.writeVariable({ name, value: JSON.stringify(name), tags: [name] });
  await api.writeSecret({ name, sealed: "x" });
  const account = await api.createAccount({ name, kind: "service", role: "admin" });
  await api.createApiKey({ accountId: account.id, name });
  await api.createWorkspace({ name, description: name });
  const error = { name, message: name, code: name, stack: `${name}\n    at ${name} (${name}.ts:1:1)`, data: null };
  const paused = aState("PAUSED", Date.UTC(2026), {
    details: { pauseKey: name, inputTitle: name, inputDescription: name },
  });
  await api.record({
    processId: "seed",
    created: [
      { id: runId, flowName: name, name, parameters: JSON.stringify({ [name]: name }), tags: [name], states: [paused] },
      {
        id: failedId,
        flowName: name,
        name: `${name}-2`,
        parameters: "{}",
        states: [aState("RUNNING", Date.UTC(2026))],
      },
    ],
    taskRuns: [
      {
        ...aTaskRun(runId, undefined, {
          taskName: name,
          name,
          epoch: 0,
          inputPreview: name,
          tags: [name],
          reasonDetail: name,
        }),
      },
    ],
    logs: [aLogLine(runId, name, { logger: name, fields: JSON.stringify({ [name]: name }) })],
    artifacts: [
      anArtifact(runId, { key: name, description: name, data: JSON.stringify(name) }),
      anArtifact(runId, {
        key: `${name}-table`,
        kind: "table",
        data: JSON.stringify({ columns: [name], rows: [[name]] }),
      }),
      anArtifact(runId, { key: `${name}-link`, kind: "link", data: JSON.stringify({ url: name, text: name }) }),
    ],
    events: [
      {
        id: uuidv7(),
        name,
        at: Date.UTC(2026),
        flowRunId: runId,
        taskRunId: null,
        resource: { id: name, name },
        payload: JSON.stringify(name),
      },
    ],
  });
  await api.proposeFlowRunState({
    id: failedId,
    state: { type: "FAILED", name: "Failed", message: name },
    error,
    force: "test",
  });
}

/** Those that list, as the table of commands has them, and those that show one thing. */
const asked: readonly (readonly string[])[] = [
  ...commandTable
    .map(({ path }) => path.split(" "))
    .filter(
      (words) => words.at(-1) === "ls" && words[0] !== "profile" && words[1] !== "version" && words[1] !== "schedule",
    ),
  ["flow-run", "inspect", runId],
  ["flow-run", "inspect", failedId],
  ["flow-run", "logs", runId],
  ["flow-run", "why", runId],
  ["flow-run", "explain", failedId],
  ["flow", "inspect", name],
  ["deployment", "inspect", `${name}/${name}`],
  ["deployment", "version", "ls", `${name}/${name}`],
  ["deployment", "schedule", "ls", `${name}/${name}`],
  ["work-pool", "inspect", name],
  ["work-pool", "preview", name],
  ["work-queue", "inspect", `${name}/${name}`],
  ["block", "inspect", `${name}/${name}`],
  ["block", "type", "inspect", name],
  ["automation", "inspect", name],
  ["automation", "history", name],
  ["webhook", "inspect", name],
  ["concurrency-limit", "inspect", name],
  ["global-concurrency-limit", "inspect", name],
  ["variable", "get", name],
  ["artifact", "inspect", name],
  ["artifact", "inspect", `${name}-table`],
  ["artifact", "inspect", `${name}-link`],
  ["artifact", "versions", name],
  ["inbox", "inspect", runId],
  ["account", "inspect", name],
  ["workspace", "members", name],
  ["log", "search", name],
  // What is not there is told with the names that are.
  ["webhook", "inspect", "evi"],
  ["block", "inspect", "evi"],
  ["flow-run", "inspect", "evi"],
];

describe.each(asked.map((words) => ({ words, title: words.join(" ") })))("$title", ({ words }) => {
  test("prints nothing that a terminal obeys", async () => {
    for (const more of [[], ["--json"]]) {
      const { stdout, stderr } = await commands.run(...words, ...more);
      expect((stdout + stderr).replaceAll("\n", " ").match(obeyed)?.[0].charCodeAt(0)).toBeUndefined();
      expect(stdout + stderr).not.toBe("");
    }
  });
});

test("of most of these something is shown that the server has made worse", async () => {
  const shown = await Promise.all(asked.map(async (words) => (await commands.run(...words)).stdout.includes("gone")));
  expect(shown.filter(Boolean).length).toBeGreaterThan(asked.length / 2);
});

test("for programs the value is the server's, as escapes", async () => {
  const text = (await commands.run("variable", "ls", "--json")).stdout;
  expect(text).toContain("\\u009b2J");
  expect(JSON.parse(text)).toMatchObject([{ name: `${name}${orders}` }]);
});

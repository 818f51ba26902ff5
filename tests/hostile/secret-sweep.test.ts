/**
 * Secrets are put wherever there is a place for one: read by flows, handed over in environments, templates, blocks, addresses, keys
 * and passwords. Then all that a server, a worker, their files and the command line show is searched for them. What docs/guide.md
 * keeps as it is (parameters, results, what a flow prints itself) is held to be just that.
 */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "millrace/client";
import { expect, onTestFinished, test, vi } from "vitest";
import { accountRoles } from "../../packages/millrace/src/contract/access.ts";
import { createLedger, until } from "../e2e/cli/millrace.ts";
import { postgresSkipped, startPostgresSchema } from "../e2e/server/postgres-schema.ts";
import { createRemoteLedger, startServer } from "../e2e/server/server.ts";
import { ask, endOf } from "../e2e/worker/project.ts";
import { askAll } from "./ask-all.ts";
import { sendBlock } from "./send-block.ts";
import { canary, findCanaries } from "./canaries.ts";
import { dumpTables } from "./dump-tables.ts";
import { followStreams } from "./follow-streams.ts";
import {
  account,
  allowed,
  apiUrl,
  blocks,
  createServices,
  database,
  oidc,
  ofWorkspace,
  parameter,
  provided,
  readByFlows,
  sealingKey,
  secrets,
  serviceToken,
  vaultedEnv,
} from "./given-secrets.ts";
import { startOutside } from "./outside.ts";
import { environmentOf, watchCommandLines } from "./processes.ts";

// It asks everything of a server, and reads all that is left.
vi.setConfig({ testTimeout: 300_000 });

const fixtures = join(import.meta.dirname, "fixtures");
const instrumentation = join(import.meta.dirname, "../e2e/worker/fixtures/instrumentation.ts");

/** At night on PostgreSQL too, and asked by each role. */
const isFull = process.env.MILLRACE_PROPERTY_FACTOR !== undefined;
const databases = isFull && postgresSkipped === undefined ? (["sqlite", "postgres"] as const) : (["sqlite"] as const);

interface Collected {
  readonly place: string;
  readonly content: string | Buffer;
}

test.each(databases)("secrets are nowhere but in their sealed store and with who owns them, on %s", async (kind) => {
  const outside = await startOutside();
  const own = createLedger();
  /** Of the person who makes all this. */
  const desk = createLedger().home;
  const schema = kind === "postgres" ? await startPostgresSchema() : null;
  if (schema !== null) onTestFinished(() => schema.drop());
  const stored = schema === null ? {} : { MILLRACE_DATABASE: schema.url };
  const sealing = { ...stored, MILLRACE_SECRETS_KEY: sealingKey.toString("base64") };
  const spans = join(desk, "spans");
  const traced = { SPANS: spans, NODE_OPTIONS: `--conditions=millrace-source --import=${instrumentation}` };
  const collected: Collected[] = [];
  const run = async (
    words: readonly string[],
    {
      env = {},
      input = "",
      ledger = own,
    }: { env?: Readonly<Record<string, string>>; input?: string; ledger?: typeof own } = {},
  ) => {
    const ended = await ledger.run(words, { env, input, cwd: fixtures });
    const place = `millrace ${words.join(" ")}`;
    collected.push({ place, content: ended.stdout }, { place: `${place} (errors)`, content: ended.stderr });
    return ended;
  };

  // Who may come in. The one key that is shown is the answer to whoever made it.
  await run(["account", "create", "ada", "--role", "admin", "--json"], { env: sealing, input: `${account}\n` });
  // Its answer is the one place where a key is shown.
  const making = await own.run(["api-key", "create", "--account", "ada", "--name", "all", "--json"], { env: sealing });
  const made = JSON.parse(making.stdout) as { readonly key: string };
  const keys = [made.key];

  const server = await startServer(own, {
    args: ["--access-control", "--log-level", "debug", "--log-format", "json"],
    env: {
      ...sealing,
      ...traced,
      MILLRACE_OIDC_ISSUER: outside.url,
      MILLRACE_OIDC_CLIENT_ID: "millrace",
      MILLRACE_PRIVATE_NETWORKS: "127.0.0.0/8",
      MILLRACE_OIDC_CLIENT_SECRET: oidc,
      MILLRACE_OIDC_DEFAULT_ROLE: "viewer",
      MILLRACE_SECRET_FOR_HOOKS: canary(38),
    },
  });
  const { url } = server;
  const client = createClient({ url, token: made.key });
  const authorization = `Bearer ${made.key}`;

  // What is told while it happens.
  const streams = followStreams(url, made.key);

  // Secrets come in.
  for (const [name, value] of Object.entries(secrets)) await client.setSecret(name, value);
  await client.setSecret("allowed", allowed);
  await client.setSecret("vaulted", "vault://env/VAULTED");
  await client.createWorkspace({ name: "red" });
  await createClient({ url: `${url}/workspaces/red`, token: made.key }).setSecret("of-red", ofWorkspace);
  const { hostname, port } = new URL(outside.url);
  for (const [name, value] of Object.entries({
    outside: outside.url,
    "outside-address": "http://ada:",
    "outside-host": `${hostname}:${port}`,
  })) {
    await client.writeVariable({ name, value: JSON.stringify(value), tags: [] });
  }
  const services = createServices(outside.url);
  await Promise.all(
    Object.entries(blocks).map(async ([name, fields]) => {
      const [type = "", block = ""] = name.split("/");
      const file = join(desk, `${type}.json`);
      writeFileSync(file, JSON.stringify(fields));
      const saved = await run(["block", "create", type, block, "--fields", `@${file}`, "--json"], { env: sealing });
      expect([name, saved.code, saved.stderr]).toEqual([name, 0, ""]);
    }),
  );
  for (const [name, data] of Object.entries(services)) await sendBlock(client, { name, data });
  writeFileSync(
    join(desk, "automations.yaml"),
    Object.keys(services)
      .map((block, index) =>
        block.startsWith("webhook/")
          ? `- { name: a${index}, trigger: { kind: event, expect: [go] }, actions: [{ kind: call-webhook, block: ${block}, payload: "{}" }] }`
          : `- { name: a${index}, trigger: { kind: event, expect: [go] }, actions: [{ kind: send-notification, block: ${block}, subject: s, body: b }] }`,
      )
      .join("\n"),
  );
  const automated = await run(["automation", "create", "--from-file", join(desk, "automations.yaml")], {
    env: sealing,
  });
  expect([automated.code, automated.stderr]).toEqual([0, ""]);
  await run(["webhook", "create", "signed", "--signature", "github", "--secret", "hook"], { env: sealing });
  for (const signature of ["sha256=00", secrets.hook ?? "", ""]) {
    const headers = { "x-hub-signature-256": Buffer.from(signature).toString("base64") };
    const answer = await fetch(`${url}/v1/hooks/signed`, { method: "POST", headers, body: "{}" });
    collected.push({ place: "the answer to a wrong signature", content: await answer.text() });
  }
  for (const password of [account, canary(39)]) {
    const body = JSON.stringify({ name: "ada", password });
    const answer = await fetch(`${url}/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: url },
      body,
    });
    const session = /=([^;]{20,})/.exec(answer.headers.get("set-cookie") ?? "")?.[1];
    if (session !== undefined) keys.push(session);
    collected.push({ place: "the answer to a password", content: await answer.text() });
  }

  // They are used.
  await client.createWorkPool({ name: "local", type: "process", paused: false });
  const away = createRemoteLedger(url);
  const asAda = { MILLRACE_API_KEY: made.key };
  const deployed = await run(["deploy", "--all"], { env: asAda, ledger: away });
  expect([deployed.code, deployed.stderr]).toEqual([0, ""]);
  const workerEnv = {
    ...asAda,
    ...sealing,
    ...traced,
    MILLRACE_SECRET_VAULTED: vaultedEnv,
    SERVICE_TOKEN: serviceToken,
    OF_PROVIDER: provided,
    MILLRACE_RESULT_STORAGE: `s3://bucket/results?endpoint=${outside.url}&region=us-east-1&credentials=aws-credentials/store`,
  };
  const worker = away.start(["worker", "start", "--pool", "local", "--log-format", "json", "--log-level", "debug"], {
    env: workerEnv,
  });
  const stopWatching = watchCommandLines([server.running.child.pid ?? 0, worker.child.pid ?? 0]);
  const names = [...Object.keys(readByFlows), "service-token", "provided", "vaulted"];
  const asked = {
    "places/main": { names, apart: "apart" },
    "given/main": {},
    "dies/main": { name: "dies" },
    "stray/main": { name: "stray" },
    "stores/main": {},
    "keeps/main": { token: parameter },
    "keeps/broken": { token: "none" },
    "cloned/by-token": {},
    "cloned/by-address": {},
  };
  const runs = Object.fromEntries(
    await Promise.all(
      Object.entries(asked).map(async ([name, parameters]) => {
        const id = await ask(client, name, parameters);
        return [name, await endOf(client, id)] as const;
      }),
    ),
  );
  await client.record({
    processId: "p",
    events: [
      {
        id: crypto.randomUUID(),
        name: "go",
        at: Date.now(),
        flowRunId: null,
        taskRunId: null,
        resource: { id: "r" },
        payload: null,
        related: [],
      },
    ],
  });
  await until(async () => {
    const { items } = await client.listObjects("automation-firing", {});
    return items.length === Object.keys(services).length && items.every(({ status }) => status !== "pending");
  });
  collected.push(...(await stopWatching()).map((content) => ({ place: "a command line", content })));
  expect(outside.told.join("\n")).toContain(canary(46));
  expect(outside.told.join("\n")).toContain("by-address.git");
  expect(Object.values(runs).map(({ state, flowName }) => `${flowName} ${state.type}`)).toEqual([
    "places FAILED",
    "given FAILED",
    "dies CRASHED",
    "stray CRASHED",
    "stores CRASHED",
    "keeps COMPLETED",
    "keeps CRASHED",
    "cloned CRASHED",
    "cloned CRASHED",
  ]);

  // Each came to its end.
  expect(runs["places/main"]?.state.message).toMatch(/^\*{8}/);
  expect(runs["given/main"]?.state.message).toMatch(/^\[\["TOKEN_/);
  // Its worker tells of its end, or the server has seen it first.
  expect(runs["dies/main"]?.state.message).toMatch(/It said last: |died/);

  // What is shown.
  const idsOf = async (kind: Parameters<typeof client.listObjects>[0]) =>
    (await client.listObjects(kind, {}, { limit: 50 })).items.map(({ id }) => id);
  const flowRuns = Object.values(runs).map(({ id }) => id);
  const taskRuns = (await client.listTaskRuns({}, { limit: 20 })).items.map(({ id }) => id);
  const ids: Record<string, readonly string[]> = {
    "flow-runs": flowRuns,
    flow_runs: flowRuns,
    "task-runs": taskRuns,
    task_runs: taskRuns,
    secrets: [...Object.keys(secrets), "vaulted"],
    variables: ["outside"],
    deployments: await idsOf("deployment"),
    automations: await idsOf("automation"),
    inbox: flowRuns,
  };
  for (const kind of [
    "flow",
    "deployment",
    "work-pool",
    "block-type",
    "block-schema",
    "block-document",
    "automation",
    "automation-firing",
    "webhook",
  ] as const) {
    ids[`objects/${kind}`] = await idsOf(kind);
  }
  ids.blocks = ids["objects/block-document"] ?? [];
  ids.block_documents = ids.blocks;
  const answers = [
    ...(await askAll({ url, headers: { authorization }, ids })),
    ...(await askAll({ url: `${url}/workspaces/red`, headers: { authorization }, ids: { secrets: ["of-red"] } })),
  ];
  for (const role of isFull ? accountRoles : (["viewer"] as const)) {
    const { id } = await client.createAccount({ name: `a-${role}`, kind: "service", role });
    const { text } = await client.createApiKey({ accountId: id, name: "all" });
    keys.push(text);
    answers.push(...(await askAll({ url, headers: { authorization: `Bearer ${text}` }, ids })));
  }
  expect(answers.filter(({ status }) => status >= 500).map(({ asked: what, status }) => `${what}: ${status}`)).toEqual(
    [],
  );
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(150);
  for (const id of ids.blocks) {
    const tried = await fetch(`${url}/v1/blocks/${id}/try`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: "{}",
    });
    collected.push({ place: "a block that was tried", content: await tried.text() });
  }
  const shown = [
    ["flow-run", "ls", "--json"],
    ["flow-run", "inspect", runs["places/main"]?.id ?? "", "--json"],
    ["flow-run", "inspect", runs["keeps/main"]?.id ?? ""],
    ["flow-run", "logs", runs["given/main"]?.id ?? ""],
    ["doctor", "--json"],
    ["config", "view", "--json", "--explain"],
  ];
  await Promise.all(shown.map((words) => run(words, { env: { ...workerEnv }, ledger: away })));
  const unreachable = { ...sealing, MILLRACE_DATABASE: `postgres://ada:${database}@127.0.0.1:1/runs` };
  const refused = [["flow-run", "ls", "--json"], ["doctor"], ["config", "view", "--json"]];
  await Promise.all(refused.map((words) => run(words, { env: unreachable })));
  const atServer = { MILLRACE_API_URL: `http://ada:${apiUrl}@127.0.0.1:1` };
  const copies = await Promise.all([
    run(["ledger", "export", join(own.home, "export.ndjson"), "--without-secrets"], { env: sealing }),
    run(["ledger", "backup", join(own.home, "backup"), "--workspaces", "--results"], { env: sealing }),
    run(["flow-run", "ls", "--json"], { env: atServer }),
  ]);
  expect(copies.slice(0, 2).map(({ code, stderr }) => [code, stderr])).toEqual([
    [0, ""],
    [0, ""],
  ]);
  streams.end();

  const [inServer, inWorker] = [environmentOf(server.running.child.pid ?? 0), environmentOf(worker.child.pid ?? 0)];
  worker.child.kill("SIGTERM");
  await worker.ended;
  // What is not yet in the file is in the log beside it.
  const files = readdirSync(own.home, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const ledgers = files
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => path.includes("ledger.db"));
  expect(ledgers.filter((path) => path.endsWith("-wal")).length).toBe(kind === "sqlite" ? 2 : 0);
  expect(ledgers.filter((path) => path.includes("workspaces") && path.endsWith(".db"))).toHaveLength(
    kind === "sqlite" ? 2 : 0,
  );
  for (const { parentPath, name } of files) {
    const path = join(parentPath, name);
    if (!path.includes("/compiled/")) collected.push({ place: path, content: readFileSync(path) });
  }
  for (const { table, rows } of schema === null ? [] : await dumpTables(schema.url))
    collected.push({ place: `ledger.db: ${table}`, content: rows });
  await server.end("SIGTERM");
  // Of the server, the worker and the processes of its runs.
  const traces = readFileSync(spans, "utf8");
  expect(new Set(traces.match(/"pid":\d+/g)).size).toBeGreaterThan(3);

  collected.push(
    { place: "traces", content: traces },
    ...answers.map(({ asked: place, text }) => ({ place, content: text })),
    ...[...streams.told].map(([place, frames]) => ({ place, content: frames.join("\n") })),
    { place: "the server's output", content: Object.values(server.running.printed()).join("\n") },
    { place: "the worker's log", content: worker.printed().stderr },
    { place: "the worker's output", content: worker.printed().stdout },
  );
  for (const frames of streams.told.values()) expect(frames.length).toBeGreaterThan(5);
  const found = collected.flatMap(({ place, content }) =>
    findCanaries(place, content, { others: keys, allowed: [parameter, allowed] }),
  );
  expect(found).toEqual([]);

  // What is data is where the guide says, and nowhere else.
  const placesOf = (text: string): readonly string[] =>
    collected.filter(({ content }) => Buffer.from(content).includes(text)).map(({ place }) => place);
  expect(placesOf(allowed)).toEqual(["the worker's output"]);
  expect(placesOf(parameter).filter((place) => /ledger\.db/.test(place))).not.toEqual([]);
  expect(
    placesOf(parameter).filter((place) => /log|output|a command line|errors/.test(place) && !/ledger\.db/.test(place)),
  ).toEqual([]);

  // Each process holds what it was given.
  const given = (environment: string): readonly string[] => [...new Set(environment.match(/mrcanary\d\d/g))].toSorted();
  const expected = (numbers: readonly number[]): readonly string[] =>
    process.platform === "linux" ? numbers.map((number) => canary(number).slice(0, 10)) : [];
  expect(given(inServer)).toEqual(expected([31, 38]));
  expect(given(inWorker)).toEqual(expected([35, 36, 37]));
});

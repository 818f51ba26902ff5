/** Texts of the corpus in every field of every noun that takes a text. */

import { accountRoles } from "../../../packages/millrace/src/contract/access.ts";
import { blockDocumentSeal } from "../../../packages/millrace/src/contract/secrets.ts";
import type { RecordedError } from "../../../packages/millrace/src/contract/errors.ts";
import type { JsonObject } from "../../../packages/millrace/src/contract/objects.ts";
import { addAccounts, addAudit } from "./accounts.ts";
import { processId, type RunSpec, type StateName } from "./run-spec.ts";
import type { SeedLedger } from "./seed-ledger.ts";
import { awkward, corpus, createPicker } from "./xss-corpus.ts";

const minute = 60_000;
const artifactKinds = ["markdown", "html", "table", "link", "image", "progress", "chart", "unheard-of"] as const;
const stateNames = ["Failed", "Completed", "Running", "Crashed", "Scheduled", "Late", "Paused", "Cancelled"] as const;

type Pick = () => string;

export async function fillHostile(ledger: SeedLedger): Promise<void> {
  const pick = createPicker();
  const deployments = await addObjects(ledger, pick);
  await ledger.addRuns(makeRuns(pick, deployments, ledger.now));
  await addEvents(ledger, pick);
  await addAccess(ledger, pick);
  await addRefused(ledger, pick, deployments);
}

function* makeRuns(pick: Pick, deployments: readonly string[], now: number): Iterable<RunSpec> {
  for (let index = 0; index < corpus.length; index++) {
    const state: StateName = stateNames[index % stateNames.length] ?? "Failed";
    // Each text is a name once; the flows are fewer, as they are in life.
    const name = corpus[index] ?? "";
    const isFull = index % 25 === 0;
    yield {
      flow: corpus[(index % 40) * 15] ?? "x",
      name: `${name}${index < corpus.length - awkward.length ? "" : " "}${index}`,
      agoMs: (index + 1) * 3 * minute,
      tookMs: 1000 + index,
      state,
      message: pick(),
      parameters: { [pick()]: pick(), nested: { [pick()]: [pick(), pick()] } },
      tags: [pick().slice(0, 300), pick().slice(0, 300)],
      ...(state === "Failed" ? { error: hostileError(pick) } : {}),
      ...(state === "Completed" ? { result: { [pick()]: pick() } } : {}),
      ...(state === "Paused" ? { details: question(pick, now) } : {}),
      ...(deployments.length === 0 ? {} : { deploymentId: deployments[index % deployments.length] ?? "" }),
      ...(isFull ? full(pick, index) : {}),
    };
  }
}

function full(pick: Pick, index: number): Part<RunSpec, "tasks" | "logs" | "artifacts"> {
  const names = Array.from({ length: 6 }, (_, task) => `${pick()}${index}.${task}`);
  return {
    tasks: names.map((name, task) => ({
      task: pick(),
      name,
      fromMs: task * 150,
      tookMs: 140,
      state: task === 5 ? "Failed" : "Completed",
      message: pick(),
      preview: pick(),
      tags: [pick().slice(0, 300)],
      cacheKey: pick(),
      reasonDetail: pick(),
      result: { [pick()]: pick() },
      ...(task === 0 ? {} : { after: [names[task - 1] ?? ""] }),
      ...(task === 5 ? { error: hostileError(pick) } : {}),
    })),
    logs: Array.from({ length: 60 }, (_, line) => ({
      atMs: line * 10,
      level: line % 7 === 6 ? ("error" as const) : ("info" as const),
      message: pick(),
      logger: pick().slice(0, 200),
      fields: { [pick()]: pick() },
      ...(line % 2 === 0 ? { task: names[line % 6] ?? "" } : {}),
    })),
    artifacts: artifactKinds.map((kind) => ({
      kind,
      key: pick().slice(0, 200),
      description: pick(),
      data: artifactData(kind, pick),
    })),
  };
}

type Part<T, Keys extends keyof T> = { readonly [Name in Keys]: T[Name] };

function artifactData(kind: (typeof artifactKinds)[number], pick: Pick): unknown {
  switch (kind) {
    case "markdown":
    case "html":
      return Array.from({ length: 40 }, pick).join("\n\n");
    case "table":
      return { columns: [pick(), pick()], rows: Array.from({ length: 30 }, () => [pick(), pick()]) };
    case "link":
      return { url: "javascript:window.__xss=1", text: pick() };
    case "image":
      return { url: "javascript:window.__xss=1", alt: pick() };
    case "progress":
      return { value: pick() };
    case "chart":
      return {
        title: pick(),
        mark: "bar",
        data: {
          values: [
            { x: pick(), y: 1 },
            { x: pick(), y: pick() },
          ],
          url: "https://evil.example/data.json",
        },
        encoding: { x: { field: "x", type: "nominal", title: pick() }, y: { field: "y", type: "quantitative" } },
      };
    case "unheard-of":
      return { [pick()]: pick() };
  }
}

const hostileError = (pick: Pick): RecordedError => ({
  name: pick().slice(0, 300),
  message: pick(),
  code: pick().slice(0, 300),
  stack: `${pick()}\n    at ${pick()} (file:///srv/${pick()}:1:1)\n    at ${pick()}`,
  data: JSON.stringify({ [pick()]: pick() }),
});

const question = (pick: Pick, now: number) => ({
  pauseKey: pick().slice(0, 100),
  inputTitle: pick(),
  inputDescription: Array.from({ length: 10 }, pick).join("\n\n"),
  inputSchema: hostileSchema(pick),
  initialValues: { text: pick() },
  answerers: [pick().slice(0, 100)],
  pauseTimeoutAt: now + 30 * 86_400_000,
});

function hostileSchema(pick: Pick): JsonObject {
  return {
    type: "object",
    title: pick(),
    properties: {
      text: { type: "string", title: pick(), description: pick(), default: pick() },
      choice: { enum: [pick(), pick()], title: pick(), description: pick() },
      [pick().slice(0, 200)]: { type: "string", title: pick(), description: pick() },
      many: { type: "array", title: pick(), items: { type: "string", title: pick() } },
    },
  };
}

async function addObjects({ api, store, vault, id, now }: SeedLedger, pick: Pick): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let index = 0; index < 12; index++) {
    const pool = await api.createWorkPool({
      name: `${pick().slice(0, 300)} ${index}`,
      type: pick().slice(0, 100),
      description: pick(),
      concurrencyLimit: 1,
    });
    const queue = await api.createWorkQueue({
      workPoolId: pool.id,
      name: `${pick().slice(0, 300)}${index}`,
      description: pick(),
    });
    const at = { id: id(`hostile worker ${index}`), revision: 1, createdAt: now, updatedAt: now, heartbeatAt: now };
    await store.insertObject("worker", { ...at, workPoolId: pool.id, name: `${pick()}${index}` }, null);
    const { deployment } = await api.saveDeployment({
      flowName: corpus[index * 15] ?? "x",
      name: `${pick().slice(0, 300)} ${index}`,
      description: Array.from({ length: 8 }, pick).join("\n\n"),
      tags: [pick().slice(0, 300)],
      version: pick(),
      entrypoint: pick(),
      path: pick(),
      parameters: { text: pick() },
      parameterSchema: hostileSchema(pick),
      enforcesSchema: false,
      labels: { [pick()]: pick() },
      jobVariables: { [pick()]: pick() },
      workPoolId: pool.id,
      workQueueId: queue.id,
      schedules: [{ slug: pick().slice(0, 100), active: false, spec: { kind: "cron", cron: "0 6 * * *" } }],
    });
    ids.push(deployment.id);
    await api.createObject("concurrency-limit", {
      name: `${pick()} ${index}`,
      slots: 2,
      active: true,
      taken: 0,
      takenAt: 0,
      decayPerSecond: 0,
      denied: 0,
    });
    await api.writeVariable({ name: `variable-${index}`, value: JSON.stringify(pick()), tags: [pick().slice(0, 300)] });
    await addBlock({ api, vault, id }, pick, index);
    await addAutomation({ api, id }, pick, index);
  }
  const limits = (await api.listObjects("concurrency-limit", {}, { limit: 3 })).items;
  for (const { name } of limits) {
    await api.takeSlots({ limits: [name], slots: 1, leaseMs: 30 * 86_400_000, holder: pick(), processId });
  }
  return ids;
}

async function addBlock(
  { api, vault, id }: Part<SeedLedger, "api" | "vault" | "id">,
  pick: Pick,
  index: number,
): Promise<void> {
  const type = await api.createObject("block-type", {
    slug: `hostile-${index}`,
    name: `${pick()} ${index}`,
    logoUrl: index % 2 === 0 ? "https://evil.example/logo.png" : "javascript:window.__xss=1",
    documentationUrl: "javascript:window.__xss=1",
    description: pick(),
    codeExample: pick(),
  });
  const schema = await api.createObject("block-schema", {
    blockTypeId: type.id,
    checksum: `sha256:${String(index).padStart(64, "0")}`,
    schemaVersion: "millrace",
    capabilities: [pick().slice(0, 100)],
    fields: { ...hostileSchema(pick), secret_fields: ["text"] },
  });
  const documentId = id(`hostile block ${index}`);
  const sealed = await vault.seal(blockDocumentSeal(documentId), JSON.stringify({ text: pick() }));
  const ids = { id: documentId, blockTypeId: type.id, blockSchemaId: schema.id };
  await api.createObject("block-document", { ...ids, name: `${pick()} ${index}`, anonymous: false, sealed });
}

async function addAutomation({ api, id }: Part<SeedLedger, "api" | "id">, pick: Pick, index: number): Promise<void> {
  await api.createObject("automation", {
    id: id(`hostile automation ${index}`),
    name: `${pick()} ${index}`,
    enabled: false,
    tags: [pick().slice(0, 300)],
    owner: null,
    description: pick(),
    trigger: {
      kind: "event",
      posture: "Reactive",
      match: { id: pick() },
      matchRelated: [],
      after: [],
      expect: [pick()],
      forEach: [],
      threshold: 1,
      withinMs: 0,
    },
    actions: [{ kind: "declare-incident", severity: "minor", title: pick(), description: pick() }],
    actionsOnTrigger: [],
    actionsOnResolve: [],
  });
}

async function addEvents({ api, now, id }: SeedLedger, pick: Pick): Promise<void> {
  await api.record({
    processId,
    events: Array.from({ length: 300 }, (_, index) => ({
      id: id(`hostile event ${index}`),
      name: pick(),
      at: now - index * 11_000,
      flowRunId: null,
      taskRunId: null,
      resource: { id: pick(), name: pick(), [pick()]: pick() },
      payload: index % 3 === 0 ? pick() : JSON.stringify({ [pick()]: pick() }),
      related: [{ id: pick(), role: pick() }],
    })),
  });
}

/** What the service refuses, as a ledger may have it that another version has written, or somebody by hand. */
async function addRefused(
  { api, store, id, now }: SeedLedger,
  pick: Pick,
  deployments: readonly string[],
): Promise<void> {
  const at = (what: string) => ({ id: id(`hostile ${what}`), revision: 1, createdAt: now, updatedAt: now });
  for (let index = 0; index < 12; index++) {
    const name = `${pick().slice(0, 300)}${index}`;
    await store.writeSecret({ name, sealed: "sealed by nobody", at: now });
    const value = JSON.stringify(pick());
    await store.insertObject(
      "variable",
      { ...at(`variable ${index}`), name, value, tags: [pick().slice(0, 300)] },
      null,
    );
    await store.workspaces.insertWorkspace({ ...at(`workspace ${index}`), name, description: pick(), purgeAt: null });
    await api.createObject("webhook", {
      name: pick().slice(0, 300),
      slug: `hostile-${index}`,
      enabled: false,
      description: pick(),
      template: { event: pick().slice(0, 300), resource: { id: pick() } },
    });
    const deploymentId = deployments[index] ?? "";
    const spec = { kind: "cron", cron: pick(), timezone: pick() };
    const schedule = {
      ...at(`schedule ${index}`),
      deploymentId,
      slug: pick().slice(0, 100),
      active: false,
      nextAt: null,
    };
    await store.insertObject("schedule", { ...schedule, spec }, null);
  }
}

/** Names as nobody can give them to an account, but whoever tries to come in can: and one admin, to look at them. */
async function addAccess(ledger: SeedLedger, pick: Pick): Promise<void> {
  const { now } = ledger;
  const strangers = Array.from({ length: 24 }, (_, index) => ({
    name: `${pick().slice(0, 300)}${index}`,
    kind: index % 2 === 0 ? ("person" as const) : ("service" as const),
    role: accountRoles[index % accountRoles.length] ?? "viewer",
    isDisabled: index % 5 === 0,
    keys: [{ name: pick() }],
  }));
  const ids = await addAccounts(ledger, [{ name: "ada", kind: "person", role: "admin" }, ...strangers]);
  await addAudit(
    ledger,
    corpus.slice(0, 300).map((text, index) => ({
      at: now - (300 - index) * 20_000,
      accountId: index % 3 === 0 ? null : (ids[index % ids.length] ?? null),
      accountName: text,
      means: null,
      keyId: null,
      address: pick().slice(0, 200),
      action: pick().slice(0, 200),
      path: pick(),
      outcome: "denied",
      status: 401,
      requestId: pick().slice(0, 200),
    })),
  );
}

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ShownSetting } from "../../../contract/wire/server-description.ts";
import { uuidv7 } from "../../../kit/ids.ts";
import { adminHandlers } from "./admin.ts";
import { toPrefectSettings } from "../mapping/settings.ts";
import { workerKinds } from "../worker-kinds.ts";
import { collectionHandlers } from "./collections.ts";
import { type OverHttp, serveOverHttp } from "./over-http.testsuite.ts";

let http: OverHttp;
beforeAll(async () => {
  http = await serveOverHttp((context) => ({ ...adminHandlers(context), ...collectionHandlers(context) }));
});
afterAll(() => http.close());

/** The id of a block that can do this. */
async function makeBlock(slug: string, capabilities: readonly string[]): Promise<string> {
  const { id: blockTypeId } = await http.api.createObject("block-type", { name: slug, slug });
  const ofSchema = { blockTypeId, checksum: slug, schemaVersion: "1", capabilities };
  const { id: blockSchemaId } = await http.api.createObject("block-schema", ofSchema);
  const document = { blockTypeId, blockSchemaId, name: "one", anonymous: false };
  return (await http.api.createObject("block-document", document)).id;
}

const storage = async (): Promise<string | null> =>
  (await http.ask("readServerDefaultResultStorage")).body.default_result_storage_block_id;
const keepIn = (id: string) =>
  http.ask("updateServerDefaultResultStorage", { body: { default_result_storage_block_id: id } });

test("the default storage of results is a block that can be written to", async () => {
  expect(await storage()).toBeNull();
  const [one, two] = [
    await makeBlock("files", ["write-path"]),
    await makeBlock("buckets", ["read-path", "write-path"]),
  ];
  expect(await keepIn(one)).toEqual({ status: 200, body: { default_result_storage_block_id: one } });
  await keepIn(two);
  expect(await storage()).toBe(two);
  expect((await keepIn(await makeBlock("mute", ["read-path"]))).status).toBe(422);
  expect((await keepIn(uuidv7())).status).toBe(404);
  expect(await http.ask("clearServerDefaultResultStorage")).toEqual({ status: 204 });
  expect([await storage(), (await http.ask("clearServerDefaultResultStorage")).status]).toEqual([null, 204]);
});

test("the default storage is none once its block is gone", async () => {
  const id = await makeBlock("short-lived", ["write-path"]);
  await keepIn(id);
  await http.api.deleteObject("block-document", id);
  expect(await storage()).toBeNull();
});

describe("settings are answered in Prefect's shape", () => {
  test("with what holds of any server, where nothing is told of them", async () => {
    const { body } = await http.ask("readSettings");
    expect(body).toMatchObject({ server: { analytics_enabled: false, api: { csrf_protection_enabled: false } } });
    expect(body).not.toHaveProperty("home");
    expect(body).not.toHaveProperty("server.database");
  });

  test("with ours that have a counterpart, and no secret", () => {
    const values: Readonly<Record<string, ShownSetting>> = {
      home: "/srv/millrace",
      database: "postgres://ops@db/ledger",
      logLevel: "warn",
      serverHost: "127.0.0.1",
      serverPort: 4270,
      accessControl: "on",
      eventRetentionMs: 7 * 86_400_000,
      runRetentionMs: 30 * 86_400_000,
      cancelWithinMs: 300_000,
      lateAfterMs: 20_000,
      scheduleHorizonMs: 86_400_000,
      metrics: "on",
    };
    const common = { from: "default", overruled: [], variable: "", description: "" };
    const settings = Object.entries(values).map(([name, value]) => ({ name, value, ...common }));
    const told = toPrefectSettings({ profile: "default", file: null, sources: [], settings });
    expect(told).toMatchObject({
      home: "/srv/millrace",
      logging: { level: "WARNING" },
      server: {
        metrics_enabled: true,
        api: { host: "127.0.0.1", port: 4270, auth_string: "**********", default_limit: 200 },
        database: { connection_url: "**********", driver: "postgresql+asyncpg" },
        events: { retention_period: "PT604800S" },
        services: {
          cancellation_cleanup: { cancelling_timeout_seconds: 300 },
          late_runs: { enabled: true, after_seconds: "PT20S" },
          scheduler: { enabled: true, max_scheduled_time: "PT86400S" },
          foreman: { inactivity_heartbeat_multiple: 3, deployment_last_polled_timeout_seconds: 60 },
          db_vacuum: { enabled: ["events", "flow_runs"], retention_period: "PT2592000S" },
        },
      },
    });
    expect(JSON.stringify(told)).not.toContain("ops@db");
  });
});

test("each kind of worker has a template, whose variables are all that it is filled from", async () => {
  const { body } = await http.ask("readViewContent", { params: { view: "aggregate-worker-metadata" } });
  expect(Object.keys(body)).toEqual([
    "prefect",
    "prefect-docker",
    "prefect-kubernetes",
    "prefect-aws",
    "prefect-azure",
    "prefect-gcp",
  ]);
  const kinds = Object.values(workerKinds).flatMap((ofPackage) => Object.values(ofPackage));
  expect(Object.values(body).flatMap((ofPackage) => Object.values(ofPackage as object))).toEqual(kinds);
  const clouds = ["ecs", "azure-container-instance", "cloud-run", "cloud-run-v2", "vertex-ai"];
  expect(kinds.map(({ type }) => type)).toEqual(["process", "docker", "kubernetes", ...clouds]);
  const templates = kinds.map((kind) => kind.default_base_job_configuration);
  const [own, others] = [templates.slice(0, 3), templates.slice(3)];
  // Of these the worker has a template of its own, which it takes where the pool has none.
  expect(others).toEqual(others.map(() => ({})));
  for (const template of own) {
    const filled = [...JSON.stringify(template.job_configuration).matchAll(/\{\{ (\w+) \}\}/g)].map(([, name]) => name);
    const { properties } = template.variables as { readonly properties: object };
    expect(new Set(filled)).toEqual(new Set(Object.keys(properties)));
  }
});

test("views of blocks and flows are empty, and others are not there", async () => {
  const read = (view: string) => http.ask("readViewContent", { params: { view } });
  expect(await read("aggregate-block-metadata")).toEqual({ status: 200, body: {} });
  expect(await read("aggregate-flow-metadata")).toEqual({ status: 200, body: {} });
  expect((await read("other")).status).toBe(404);
});

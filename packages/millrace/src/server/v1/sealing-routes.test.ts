import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type OverHttp, startOverHttp, testVault } from "../../client/over-http.testsuite.ts";
import type { Api } from "../../contract/api.ts";
import { hidden } from "../../contract/block-secrets.ts";
import { blockDocumentSeal } from "../../contract/secrets.ts";
import { systemClock } from "../../kit/clock.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { createService } from "../../service/create-service.ts";
import { makeLedger } from "../../store/ledger-under-test.testsuite.ts";

const open: (() => Promise<unknown>)[] = [];
let api: Api;
let over: OverHttp;
/** What came over the wire, as text. */
let heard: string[];

beforeEach(async () => {
  const ledger = await makeLedger();
  open.push(() => ledger.remove());
  const store = await ledger.open();
  open.push(() => store.close());
  api = createService({ store, clock: systemClock });
  heard = [];
  const listening: typeof fetch = async (...request) => {
    const response = await fetch(...request);
    heard.push(await response.clone().text());
    return response;
  };
  over = await startOverHttp(api, { server: { checksAnswers: true }, client: { fetch: listening } });
  open.push(() => over.server.close());
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

describe("a secret", () => {
  test("is sealed by the server under its name, and told to nobody", async () => {
    await over.client.setSecret("a/b ü?#", "s3cret-canary");
    const kept = await api.readSecret("a/b ü?#");
    expect(kept?.sealed).not.toContain("s3cret-canary");
    expect(await testVault.open("a/b ü?#", kept?.sealed ?? "")).toBe("s3cret-canary");
    expect((await over.client.listSecrets()).map(({ name }) => name)).toEqual(["a/b ü?#"]);
    expect(heard.join()).not.toContain("s3cret-canary");
    expect((await api.listEvents({ names: ["millrace.secret.written"] })).items).toHaveLength(1);
  });

  test("that is empty is refused", async () => {
    await expect(over.client.setSecret("token", "")).rejects.toMatchObject({ code: "REQUEST_INVALID" });
    expect(await api.listSecrets()).toEqual([]);
  });
});

describe("a block", () => {
  const fields = { title: "Login", type: "object", secret_fields: ["password"] };

  async function register() {
    const type = await api.createObject("block-type", { slug: "login", name: "Login" });
    const schema = await api.createObject("block-schema", {
      blockTypeId: type.id,
      checksum: "sha256:1",
      schemaVersion: "1",
      capabilities: [],
      fields,
    });
    return { blockTypeId: type.id, blockSchemaId: schema.id };
  }

  const opened = async (id: string): Promise<unknown> => {
    const document = await api.readObject("block-document", id);
    return JSON.parse(await testVault.open(blockDocumentSeal(id), document?.sealed ?? ""));
  };

  test("is sealed by the server, and shown with asterisks, which change nothing when they come back", async () => {
    const { client } = over;
    const data = { user: "ada", password: "lovelace-canary" };
    const { id } = await client.createBlock({ ...(await register()), name: "db", data });
    expect((await api.readObject("block-document", id))?.sealed).not.toContain("lovelace-canary");
    const shown = await client.readBlockValues(id);
    expect(shown).toEqual({ data: { user: "ada", password: hidden }, references: {}, revision: 1 });

    await client.changeBlockValues(id, { data: { ...shown?.data, user: "grace" } });
    expect(await opened(id)).toEqual({ user: "grace", password: "lovelace-canary" });
    await client.changeBlockValues(id, { data: { password: "other" } });
    expect(await opened(id)).toEqual({ password: "other" });
    expect(heard.join()).not.toContain("lovelace-canary");
  });

  test("within another is shown with it, and stays within it", async () => {
    const { client } = over;
    const ids = await register();
    const inner = await client.createBlock({ ...ids, name: "inner", data: { user: "ada", password: "p" } });
    const reference = { $ref: { block_document_id: inner.id } };
    const outer = await client.createBlock({ ...ids, name: "outer", data: { login: reference, port: 1 } });
    const shown = await client.readBlockValues(outer.id);
    expect(shown?.data).toEqual({ login: { user: "ada", password: hidden }, port: 1 });
    expect(shown?.references).toEqual({ login: { id: inner.id, name: "inner" } });
    expect(await client.listBlocksAround(inner.id)).toEqual([{ id: outer.id, name: "outer", fields: ["login"] }]);
    expect(await client.listBlocksAround(outer.id)).toEqual([]);

    await client.changeBlockValues(outer.id, { data: { ...shown?.data, port: 2 } });
    expect(await opened(outer.id)).toEqual({ login: reference, port: 2 });
    const itself = client.changeBlockValues(inner.id, {
      data: { outer: { $ref: { block_document_id: outer.id } } },
    });
    await expect(itself).rejects.toMatchObject({ code: "OBJECT_INVALID" });
  });

  test("that somebody else changed meanwhile is not written over", async () => {
    const { client } = over;
    const { id } = await client.createBlock({ ...(await register()), name: "db", data: { user: "ada" } });
    const { revision = 0 } = (await client.readBlockValues(id)) ?? {};
    await client.changeBlockValues(id, { data: { user: "grace" }, revision });
    const late = client.changeBlockValues(id, { data: { user: "mary" }, revision });
    await expect(late).rejects.toMatchObject({ code: "REVISION_CONFLICT" });
    expect(await opened(id)).toEqual({ user: "grace" });
  });

  test("that is not there, or that cannot be, is told", async () => {
    const { client } = over;
    const ids = await register();
    expect(await client.readBlockValues(uuidv7())).toBeNull();
    const lost = client.changeBlockValues(uuidv7(), { data: {} });
    await expect(lost).rejects.toMatchObject({ code: "NOT_FOUND" });
    await client.createBlock({ ...ids, name: "db", data: {} });
    const twice = client.createBlock({ ...ids, name: "db", data: {} });
    await expect(twice).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
    const unnamed = client.createBlock({ ...ids, name: "A b", data: {} });
    await expect(unnamed).rejects.toMatchObject({ code: "REQUEST_INVALID" });
    const untyped = client.createBlock({ ...ids, blockTypeId: uuidv7(), name: "x", data: {} });
    await expect(untyped).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

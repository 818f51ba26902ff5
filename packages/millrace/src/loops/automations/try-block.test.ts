import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { testVault } from "../../client/over-http.testsuite.ts";
import type { Api } from "../../contract/api.ts";
import type { JsonObject } from "../../contract/objects.ts";
import { triableBlockTypes } from "../../contract/wire/sealed-values.ts";
import { systemClock } from "../../kit/clock.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { createService } from "../../service/create-service.ts";
import { makeSqliteLedger } from "../../store/sqlite/sqlite-ledger.testsuite.ts";
import { toNotificationRequests } from "./notification-requests.ts";
import { tryBlock } from "./try-block.ts";

let answer = 200;
const heard: { readonly path: string; readonly body: string }[] = [];
const service = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk: Buffer) => (body += chunk.toString()));
  request.on("end", () => {
    heard.push({ path: request.url ?? "", body });
    response.writeHead(answer).end(`you said ${body}`);
  });
});

let api: Api;
let url: string;
let remove: () => Promise<unknown>;
beforeAll(async () => {
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  const ledger = await makeSqliteLedger();
  remove = () => ledger.remove();
  api = createService({ store: await ledger.open(), clock: systemClock });
});
afterAll(async () => {
  await new Promise((resolve) => service.close(resolve));
  await api.close();
  await remove();
});
beforeEach(() => {
  heard.length = 0;
  answer = 200;
});

async function makeBlock(slug: string, data: JsonObject): Promise<string> {
  const type = await api.createObject("block-type", { slug: `${slug}`, name: slug }).catch(async () => {
    const found = await api.listObjects("block-type", { where: { field: "slug", in: [slug] } });
    return { id: found.items[0]?.id ?? "" };
  });
  const schema = { blockTypeId: type.id, checksum: `sha256:${uuidv7()}`, schemaVersion: "1", capabilities: [] };
  const { id: blockSchemaId } = await api.createObject("block-schema", { ...schema, fields: {} });
  const named = { blockTypeId: type.id, blockSchemaId, name: `n-${uuidv7()}`, anonymous: false };
  return (await api.createObject("block-document", { ...named, data })).id;
}

const attempt = (id: string) => tryBlock({ api, vault: testVault, clock: systemClock }, id);

test("a notification is sent, and says that it is a test", async () => {
  const id = await makeBlock("slack-webhook", { url: `${url}/hook` });
  expect(await attempt(id)).toEqual({ isOk: true, told: "The message was sent, and taken." });
  expect(heard).toMatchObject([{ path: "/hook" }]);
  expect((JSON.parse(heard[0]?.body ?? "null") as { readonly text: string }).text).toContain("Test from Millrace");
});

test("a webhook is called with a payload that says so", async () => {
  expect(await attempt(await makeBlock("webhook", { url: `${url}/call` }))).toMatchObject({ isOk: true });
  expect(JSON.parse(heard[0]?.body ?? "null")).toMatchObject({ test: true });
});

test("what was answered is told by its status alone, which holds no secret", async () => {
  answer = 403;
  const id = await makeBlock("slack-webhook", { url: `${url}/s3cret` });
  expect(await attempt(id)).toEqual({ isOk: false, told: "The message was answered with 403." });
});

test("an address that leads nowhere, or where it may not, is told without it", async () => {
  const refused = await attempt(await makeBlock("slack-webhook", { url: "http://127.0.0.1:1/s3cret" }));
  expect(refused?.told).toMatch(/^The message could not be sent: /);
  expect(refused?.told).not.toContain("s3cret");
  const isPrivate = await makeBlock("webhook", { url, allow_private_urls: false });
  expect((await attempt(isPrivate))?.told).toContain("private network");
  expect(heard).toEqual([]);
});

test("what code alone uses is not tried", async () => {
  await expect(attempt(await makeBlock("postgres", {}))).rejects.toMatchObject({ code: "OBJECT_INVALID" });
  expect(await attempt(uuidv7())).toBeNull();
});

test.each(triableBlockTypes)("a block of type %s is one that something is sent by", (type) => {
  const isKnown = toNotificationRequests({ type, name: "n", data: {} }, { subject: "s", body: "b" }) !== null;
  expect(isKnown || type === "webhook").toBe(true);
});

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createClient } from "../client/create-client.ts";
import { blockDocumentSeal } from "../contract/secrets.ts";
import { systemClock } from "../kit/clock.ts";
import { ensureBlockType, saveBlock } from "./save-block.ts";
import { readSettings } from "./settings.ts";
import { startServer } from "./start-server.ts";
import { createVault } from "./vault.ts";

const toMake = {
  slug: "own-webhook",
  name: "Webhook",
  description: "A request.",
  capabilities: [],
  fields: { title: "Webhook", type: "object", properties: { url: { type: "string" } }, secret_fields: ["url"] },
};

test("over a server the server seals a block, with its own key", async () => {
  const home = mkdtempSync(join(tmpdir(), "millrace-save-block-"));
  const server = await startServer({ settings: readSettings({ home }), host: "127.0.0.1", port: 0 });
  try {
    const api = createClient({ url: server.url, clock: systemClock });
    const vault = () => Promise.reject(new Error("the key here is another one"));
    const host = { api, vault, client: api };
    expect(await ensureBlockType(api, { slug: "own-webhook", toMake: null })).toBeNull();
    const found = await ensureBlockType(api, { slug: "own-webhook", toMake });
    expect(await ensureBlockType(api, { slug: "own-webhook", toMake: null })).toEqual(found);
    if (found === null) throw new Error("the type is not there");
    const block = { ...found, name: "hook", replaces: false };

    const made = await saveBlock(host, { ...block, data: { url: "https://a.example" } });
    await expect(saveBlock(host, { ...block, data: {} })).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
    const data = { url: "https://b.example" };
    // A proxy before the server may ask for a name and a password.
    const named = { ...host, client: createClient({ url: server.url.replace("://", "://ada:lovelace@") }) };
    expect(await saveBlock(named, { ...block, data, replaces: true })).toEqual({ id: made.id, isNew: false });

    const kept = await api.readObject("block-document", made.id);
    const opened = await createVault({ home }).open(blockDocumentSeal(made.id), kept?.sealed ?? "");
    expect(JSON.parse(opened)).toEqual(data);

    const wrong = saveBlock(named, { ...block, name: "a/b", data });
    await expect(wrong).rejects.toMatchObject({
      code: "REQUEST_INVALID",
      message: expect.stringMatching(/body\.name: a block's name is of lower-case letters/) as string,
    });

    const nowhere = { ...host, client: createClient({ url: "http://ada:lovelace@127.0.0.1:1" }) };
    const lost = saveBlock(nowhere, { ...block, name: "other", data });
    const error: unknown = await lost.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "SERVER_UNREACHABLE" });
    expect(String(error)).not.toContain("lovelace");
  } finally {
    await server.close();
  }
});

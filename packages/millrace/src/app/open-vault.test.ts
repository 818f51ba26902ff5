/** Secrets of outside vaults where they are used: in flows, in templates, and in what a server checks. */

import { createHmac } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startOverHttp } from "../client/over-http.testsuite.ts";
import type { Vault } from "../contract/runtime.ts";
import type { Store } from "../contract/store.ts";
import { systemClock } from "../kit/clock.ts";
import { createMasker } from "../kit/mask.ts";
import { createService } from "../service/create-service.ts";
import { makeLedger } from "../store/ledger-under-test.testsuite.ts";
import type { TestLedger } from "../store/suite/ledger.testsuite.ts";
import { openVault } from "./open-vault.ts";
import { rotateSecretsKey } from "./rotate-secrets-key.ts";
import { readSettings } from "./settings.ts";
import { createTemplateSources } from "./template-sources.ts";

let ledger: TestLedger;
let store: Store;
let files: string;
let home: string;
let vault: Vault;

beforeEach(async () => {
  ledger = await makeLedger();
  store = await ledger.open();
  files = mkdtempSync(join(tmpdir(), "millrace-secret-files-"));
  home = mkdtempSync(join(tmpdir(), "millrace-secret-home-"));
  writeFileSync(join(files, "token"), "s3cret-of-a-file\n");
  vault = openVault(
    readSettings({ home, cwd: home, env: { MILLRACE_SECRET_FILES: files, MILLRACE_SECRET_HOLD_MS: "0" } }),
  );
  await store.writeSecret({ name: "token", sealed: await vault.seal("token", "vault://file/token"), at: 0 });
});
afterEach(async () => {
  await store.close();
  await ledger.remove();
});

const templates = () => {
  const masker = createMasker();
  const api = createService({ store, clock: systemClock });
  const environment = () => "of the environment";
  return { masker, sources: createTemplateSources({ api, vault, environment, masker }) };
};

test("a template gets the value, which is masked from then on", async () => {
  const { masker, sources } = templates();
  expect(await sources.secret("token")).toBe("s3cret-of-a-file");
  expect(masker.mask("it is s3cret-of-a-file")).toBe("it is ********");
});

test("a provider that is away is an error: neither the reference nor the environment takes its place", async () => {
  writeFileSync(join(files, "token"), "");
  await expect(templates().sources.secret("token")).rejects.toMatchObject({ code: "SECRET_PROVIDER_FAILED" });
  writeFileSync(join(files, "token"), "back again");
  expect(await templates().sources.secret("token")).toBe("back again");
});

test("a webhook's signature is checked with the value", async () => {
  const api = createService({ store, clock: systemClock });
  const over = await startOverHttp(api, { server: { vault } });
  const signature = { scheme: "github", secretName: "token" } as const;
  await api.createObject("webhook", {
    name: "pushes",
    slug: "pushes",
    enabled: true,
    signature,
  });
  const send = async (secret: string): Promise<number> => {
    const body = '{"a":1}';
    const signed = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
    const headers = { "content-type": "application/json", "x-hub-signature-256": signed };
    return (await fetch(`${over.url}/v1/hooks/pushes`, { method: "POST", headers, body })).status;
  };
  expect([await send("s3cret-of-a-file"), await send("vault://file/token"), await send("")]).toEqual([202, 401, 401]);
  writeFileSync(join(files, "token"), "");
  expect(await send("s3cret-of-a-file")).toBe(500);
  await over.server.close();
});

test("another key seals the reference, and asks no provider", async () => {
  writeFileSync(join(files, "token"), "");
  const rotation = await rotateSecretsKey({
    store,
    home,
    secretsKey: null,
    isDryRun: false,
    clock: { ...systemClock, sleep: async () => undefined },
  });
  expect(rotation).toMatchObject({ secrets: 1, unreadable: [] });
  writeFileSync(join(files, "token"), "s3cret");
  expect(await vault.open("token", (await store.readSecret("token"))?.sealed ?? "")).toBe("s3cret");
});

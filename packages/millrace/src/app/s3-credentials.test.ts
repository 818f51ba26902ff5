import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import type { Api } from "../contract/api.ts";
import type { JsonObject } from "../contract/objects.ts";
import type { Vault } from "../contract/runtime.ts";
import { blockDocumentSeal } from "../contract/secrets.ts";
import { systemClock as clock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { createMasker, type Masker } from "../kit/mask.ts";
import { type S3Server, startS3Server } from "../results/s3-server.testsuite.ts";
import { createService } from "../service/create-service.ts";
import { makeLedger } from "../store/ledger-under-test.testsuite.ts";
import { createResultStorages, openStorage } from "./result-storage.ts";
import { createS3CredentialsReader, type S3CredentialsReader } from "./s3-credentials.ts";
import { createVault } from "./vault.ts";

let api: Api;
let vault: Vault;
let masker: Masker;
let server: S3Server;
let read: S3CredentialsReader;
let home: string;

beforeEach(async () => {
  const ledger = await makeLedger();
  api = createService({ store: await ledger.open(), clock });
  home = mkdtempSync(join(tmpdir(), "millrace-credentials-"));
  vault = createVault({ home });
  masker = createMasker();
  server = await startS3Server(["results"]);
  read = createS3CredentialsReader({ api, vault: async () => vault, masker });
  onTestFinished(async () => {
    await server[Symbol.asyncDispose]();
    await api.close();
    await ledger.remove();
    rmSync(home, { recursive: true, force: true });
  });
});

async function addBlock(slug: string, name: string, data: JsonObject): Promise<void> {
  const type = await api.createObject("block-type", { slug, name: slug });
  const schema = { blockTypeId: type.id, checksum: slug, schemaVersion: "1", capabilities: [] };
  const { id: blockSchemaId } = await api.createObject("block-schema", schema);
  const id = uuidv7();
  const sealed = await vault.seal(blockDocumentSeal(id), JSON.stringify(data));
  await api.createObject("block-document", { id, blockTypeId: type.id, blockSchemaId, name, anonymous: false, sealed });
}

const aws = {
  aws_access_key_id: "AKIA-OF-THE-TEAM",
  aws_secret_access_key: "a-very-secret-key",
  aws_session_token: null,
  region_name: "eu-central-1",
};

test("results are written to S3 and read from it with the credentials of a block, which only its name tells of", async () => {
  await addBlock("aws-credentials", "team", aws);
  const resultStorage = `s3://results/flows?endpoint=${server.endpoint}&credentials=aws-credentials/team`;
  const settings = { home, resultStorage, durability: "process" } as const;
  const { storage, storages } = createResultStorages(settings, read);
  const written = await storage.write(Buffer.from("content"));
  expect(server.objects.get(`results/flows/${written.key}`)?.toString()).toBe("content");
  expect(server.keyIds).toEqual(new Set(["AKIA-OF-THE-TEAM"]));
  expect(storage.name).toBe(resultStorage);
  expect(JSON.stringify([storage.name, written, [...storages.keys()]])).not.toContain("secret");
  const again = createResultStorages({ ...settings, resultStorage: null }, read).storages.get(storage.name);
  expect(Buffer.from((await again?.read(written.key)) ?? []).toString()).toBe("content");
});

test("what is secret of them is hidden from then on, and nothing else", async () => {
  await addBlock("aws-credentials", "team", { ...aws, aws_session_token: "for-this-hour" });
  expect(await read({ type: "aws-credentials", name: "team" })).toEqual({
    accessKeyId: "AKIA-OF-THE-TEAM",
    secretAccessKey: "a-very-secret-key",
    sessionToken: "for-this-hour",
  });
  expect(masker.mask("a-very-secret-key and for-this-hour in eu-central-1")).toBe(
    "******** and ******** in eu-central-1",
  );
});

test("those of MinIO are named otherwise", async () => {
  await addBlock("minio-credentials", "house", { minio_root_user: "root", minio_root_password: "p4ss-of-the-house" });
  expect(await read({ type: "minio-credentials", name: "house" })).toEqual({
    accessKeyId: "root",
    secretAccessKey: "p4ss-of-the-house",
  });
});

test("a block that is not there, or is not whole, is told by its name", async () => {
  const at = (credentials: string) =>
    openStorage(`s3://results?endpoint=${server.endpoint}&credentials=${credentials}`, { durability: "process" }, read);
  await expect(at("aws-credentials/nobody").write(Buffer.from("a"))).rejects.toMatchObject({
    code: "RESULT_STORAGE_FAILED",
    message: expect.stringContaining("there is no block aws-credentials/nobody"),
  });
  await addBlock("aws-credentials", "half", { ...aws, aws_access_key_id: null });
  const failed = await at("aws-credentials/half")
    .write(Buffer.from("a"))
    .catch((error: unknown) => error);
  expect(failed).toMatchObject({ message: expect.stringContaining("aws-credentials/half lacks `aws_access_key_id`") });
  expect(String(failed)).not.toContain("a-very-secret-key");
});

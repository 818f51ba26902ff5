import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { S3Client } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ResultStorage } from "../contract/results.ts";
import { noise, testResultStorage } from "./result-storage.testsuite.ts";
import { type S3Server, startS3Server } from "./s3-server.testsuite.ts";
import type { S3StorageOptions } from "./s3-connection.ts";
import { createS3Storage } from "./s3-storage.ts";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const partBytes = 8 * 2 ** 20;

let server: S3Server;

beforeEach(async () => {
  server = await startS3Server(["results"]);
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

function open(options: Partial<S3StorageOptions> = {}): ResultStorage {
  return createS3Storage({ bucket: "results", endpoint: server.endpoint, credentials, ...options });
}

testResultStorage(() => ({
  storage: open({ prefix: "run results/" }),
  count: async () => server.objects.size + server.uploads.size,
  async damage(key) {
    const content = server.objects.get(`results/run results/${key}`);
    content?.writeUInt8(content.readUInt8(7) ^ 1, 7);
  },
}));

describe("on the wire", () => {
  test("a small result is one request", async () => {
    const { key } = await open({ prefix: "kept/" }).write(noise(1000));
    expect(server.requests).toEqual([`PUT results/kept/${key}`]);
  });

  test("a big result is asked for before it is sent again", async () => {
    const storage = open();
    const { key } = await storage.write(noise(2 * 2 ** 20));
    await storage.write(noise(2 * 2 ** 20));
    expect(server.requests).toEqual([`HEAD results/${key}`, `PUT results/${key}`, `HEAD results/${key}`]);
  });

  test("what is longer than a part is sent in parts", async () => {
    const content = noise(2 * partBytes + 1);
    const { key } = await open().write(content);
    expect(server.requests.filter((request) => request.startsWith("PUT"))).toHaveLength(3);
    expect(server.requests).toContain(`POST results/${key}?uploads`);
    expect(server.objects.get(`results/${key}`)?.equals(content)).toBe(true);
    expect(server.uploads.size).toBe(0);
  });

  test("an upload of which a part fails is aborted", async () => {
    server.refuse = (request) => (request.includes("partNumber=2") ? 400 : null);
    await expect(open().write(noise(3 * partBytes))).rejects.toMatchObject({
      code: "RESULT_STORAGE_FAILED",
      retryable: true,
    });
    expect(server.objects.size).toBe(0);
    expect(server.uploads.size).toBe(0);
  });

  test("a server that fails once is asked again", async () => {
    let failures = 0;
    server.refuse = () => (failures++ === 0 ? 503 : null);
    const storage = open();
    const { key } = await storage.write(noise(10));
    expect(await storage.exists(key)).toBe(true);
    expect(failures).toBe(3);
  });

  test("writing stops while a part is under way", async () => {
    const abort = new AbortController();
    const reason = new Error("enough");
    server.refuse = (request) => {
      if (request.includes("partNumber=2")) abort.abort(reason);
      return null;
    };
    await expect(open().write(noise(3 * partBytes), { signal: abort.signal })).rejects.toBe(reason);
    expect(server.objects.size).toBe(0);
  });
});

describe("what goes wrong", () => {
  test("a bucket that is not there is not a missing result", async () => {
    const storage = open({ bucket: "other" });
    await expect(storage.write(noise(10))).rejects.toMatchObject({ code: "RESULT_STORAGE_FAILED" });
    await expect(storage.read("0".repeat(64))).rejects.toMatchObject({
      code: "RESULT_STORAGE_FAILED",
      data: { store: "s3", verb: "read", reason: expect.stringContaining("NoSuchBucket") },
      cause: { name: "NoSuchBucket" },
    });
  });

  test("a service that goes on failing keeps nothing and reads nothing", async () => {
    const storage = open();
    const { key } = await storage.write(noise(10));
    for (const status of [500, 503]) {
      server.refuse = () => status;
      await expect(storage.write(noise(20))).rejects.toMatchObject({ code: "RESULT_STORAGE_FAILED", retryable: true });
      await expect(storage.read(key)).rejects.toMatchObject({ code: "RESULT_STORAGE_FAILED", retryable: true });
      await expect(storage.exists(key)).rejects.toMatchObject({ code: "RESULT_STORAGE_FAILED" });
    }
    expect(server.objects.size).toBe(1);
  });

  test("a service that takes what is sent and never answers is given up", async () => {
    const storage = open({ answerTimeoutMs: 50 });
    server.breakOff = () => ({ afterBytes: 0, hangsUp: false });
    const data = { verb: "keep", reason: expect.stringContaining("50 ms") };
    await expect(storage.write(noise(10))).rejects.toMatchObject({ code: "RESULT_STORAGE_FAILED", data });
  });

  test.each([
    ["stops coming", false],
    ["is cut off", true],
  ])("an answer that %s in the middle is no result", async (_, hangsUp) => {
    const content = noise(200_000);
    const { key } = await open().write(content);
    server.breakOff = () => ({ afterBytes: 100_000, hangsUp });
    const storage = open({ answerTimeoutMs: 200 });
    await expect(storage.read(key)).rejects.toMatchObject({ code: "RESULT_STORAGE_FAILED", retryable: true });
    server.breakOff = () => null;
    expect(Buffer.from(await storage.read(key)).equals(content)).toBe(true);
  });

  test("an object that is shorter than what was kept is damaged", async () => {
    const { key } = await open().write(noise(1000));
    server.objects.set(`results/${key}`, Buffer.from(noise(999)));
    await expect(open().read(key)).rejects.toMatchObject({ code: "RESULT_DAMAGED", data: { key } });
  });

  test("an answer that says it is well and tells of an error in its body keeps nothing", async () => {
    const complete = (request: string) => request.startsWith("POST") && request.includes("uploadId");
    server.refuse = (request) => (complete(request) ? 200 : null);
    await expect(open().write(noise(2 * partBytes))).rejects.toMatchObject({ code: "RESULT_STORAGE_FAILED" });
    expect(server.objects.size).toBe(0);
    expect(server.uploads.size).toBe(0);
  });

  test("nobody answers", async () => {
    const storage = open();
    await server[Symbol.asyncDispose]();
    await expect(storage.write(noise(10))).rejects.toMatchObject({ code: "RESULT_STORAGE_FAILED" });
    await expect(storage.exists("0".repeat(64))).rejects.toMatchObject({ code: "RESULT_STORAGE_FAILED" });
  });
});

test("takes a client of the caller, and a name", async () => {
  const { endpoint } = server;
  const client = new S3Client({ endpoint, credentials, region: "eu-central-1", forcePathStyle: true, maxAttempts: 1 });
  const storage = createS3Storage({ bucket: "results", client, name: "archive" });
  const { key } = await storage.write(noise(10));
  expect(storage.name).toBe("archive");
  expect([...server.objects.keys()]).toEqual([`results/${key}`]);
  client.destroy();
});

test("says what to install, and not before it is used", async () => {
  // A process for which the SDK is not there.
  const withoutSdk = `
    import { registerHooks } from "node:module";
    registerHooks({
      resolve(specifier, context, next) {
        if (specifier !== "@aws-sdk/client-s3") return next(specifier, context);
        throw Object.assign(new Error("Cannot find package '@aws-sdk/client-s3'"), { code: "ERR_MODULE_NOT_FOUND" });
      },
    });
  `;
  const script = `
    import { createS3Storage } from ${JSON.stringify(new URL("s3-storage.ts", import.meta.url).href)};
    const storage = createS3Storage({ bucket: "results" });
    await storage.write(new Uint8Array(1)).catch((error) => console.log(error.code, error.message, error.fix));
  `;
  const hooks = `data:text/javascript,${encodeURIComponent(withoutSdk)}`;
  const args = ["--import", hooks, "--input-type=module", "-e", script];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(stdout).toBe(
    "PACKAGE_MISSING Result storage on S3 needs the package `@aws-sdk/client-s3`. npm install @aws-sdk/client-s3\n",
  );
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collect } from "./content-hash.ts";
import { createNamedFiles } from "./named-files.ts";
import { startS3Server } from "./s3-server.testsuite.ts";
import { createS3Storage } from "./s3-storage.ts";

const home = mkdtempSync(join(tmpdir(), "millrace-named-"));
const folder = join(home, "storage");
beforeAll(() => {
  mkdirSync(join(folder, "reports"), { recursive: true });
  writeFileSync(join(folder, "reports/one"), "content");
  writeFileSync(join(home, "outside"), "not for others");
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe("files in a folder of others", () => {
  const files = createNamedFiles({ folder, name: `files:${folder}` });

  test("are read by their paths in it", async () => {
    expect(new TextDecoder().decode(await files.read("reports/one"))).toBe("content");
    expect(new TextDecoder().decode(await files.read(join(folder, "reports/one")))).toBe("content");
    expect(new TextDecoder().decode(await collect(files.stream("reports/one")))).toBe("content");
    expect([await files.exists("reports/one"), await files.exists("reports"), await files.exists("two")]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("that are not there, or outside of it, are missing", async () => {
    const missing = { code: "RESULT_MISSING", data: { store: files.name } };
    await expect(files.read("two")).rejects.toMatchObject(missing);
    await expect(files.read("../outside")).rejects.toMatchObject(missing);
    await expect(files.read(join(home, "outside"))).rejects.toMatchObject(missing);
    await expect(files.read("")).rejects.toMatchObject(missing);
    await expect(collect(files.stream("two"))).rejects.toMatchObject(missing);
    await expect(files.read("reports")).rejects.toMatchObject({ code: "RESULT_STORAGE_FAILED" });
  });

  test("are not written or deleted", async () => {
    await expect(files.write(new Uint8Array())).rejects.toMatchObject({ code: "RESULT_STORAGE_FAILED" });
    await expect(files.delete("reports/one")).rejects.toMatchObject({ code: "RESULT_STORAGE_FAILED" });
    expect(await files.exists("reports/one")).toBe(true);
  });
});

test("objects of others on S3 are read as they are", async () => {
  await using s3 = await startS3Server(["results"]);
  s3.objects.set("results/flows/one", Buffer.from("content"));
  const storage = createS3Storage({
    bucket: "results",
    prefix: "flows/",
    endpoint: s3.endpoint,
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    keys: "any",
  });
  expect(new TextDecoder().decode(await storage.read("one"))).toBe("content");
  await expect(storage.read("two")).rejects.toMatchObject({ code: "RESULT_MISSING" });
});

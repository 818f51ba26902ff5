import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createResultStorages } from "./result-storage.ts";

const newFolder = (): string => mkdtempSync(join(tmpdir(), "millrace-storages-"));

function open(home: string, resultStorage: string | null = null) {
  return createResultStorages({ home, resultStorage, durability: "process" }, () =>
    Promise.reject(new Error("no credentials are needed")),
  );
}

describe("result storages", () => {
  test("are files in the home folder where nothing is set", async () => {
    const home = newFolder();
    const { storage, storages } = open(home);
    expect([storage.name, storages.get("file")]).toEqual(["file", storage]);
    expect(existsSync(join(home, "results"))).toBe(false);
    const { key } = await storage.write(Buffer.from("content"));
    expect(Buffer.from(await storage.read(key)).toString()).toBe("content");
    expect(existsSync(join(home, "results"))).toBe(true);
  });

  test("find results of earlier settings by the storage's name", async () => {
    const home = newFolder();
    const earlier = [null, newFolder(), newFolder()].map((resultStorage) => open(home, resultStorage).storage);
    const written = await Promise.all(
      earlier.map(async (storage) => ({
        name: storage.name,
        key: (await storage.write(Buffer.from(storage.name))).key,
      })),
    );
    const { storages } = open(home, newFolder());
    for (const { name, key } of written) {
      const storage = storages.get(name);
      expect(storages.get(name)).toBe(storage);
      expect(Buffer.from((await storage?.read(key)) ?? []).toString()).toBe(name);
    }
    expect(storages.get("somebody's own")).toBeUndefined();
  });

  test("may be on S3, which is not asked for anything before it is used", () => {
    const { storage, storages } = open(newFolder(), "s3://bucket/prefix?endpoint=http://localhost:9000");
    expect(storage.name).toBe("s3://bucket/prefix?endpoint=http://localhost:9000");
    expect(storages.get(storage.name)).toBe(storage);
    expect(storages.get("s3://another")?.name).toBe("s3://another");
  });
});

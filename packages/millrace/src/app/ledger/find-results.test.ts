import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../kit/clock.ts";
import { createFileStorage } from "../../results/file-storage.ts";
import { aTaskRun, create, record } from "../../store/suite/samples.testsuite.ts";
import { openStore } from "../open-store.ts";
import { backUpLedger } from "./back-up.ts";
import { checkLedger } from "./check.ts";
import { createResultFinder, resultFile } from "./find-results.ts";

let home: string;
let other: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "millrace-found-"));
  other = join(home, "elsewhere");
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
});

const atHome = () => join(home, "results");

async function write(folder: string, text: string): Promise<string> {
  return (await createFileStorage({ folder }).write(Buffer.from(text))).key;
}

describe("a result", () => {
  test("that the home has is there, whatever the storage is called", async () => {
    const key = await write(atHome(), "kept");
    const finder = createResultFinder({ home });
    for (const store of ["file", "own", `folder:${atHome()}`, "folder:/by/another/name", "s3://bucket/results"]) {
      expect(finder.look({ store, key })).toBe("home");
    }
    expect(finder.findMissing()).toEqual([]);
  });

  test("of the home's folder under another name is missing where it is not there", async () => {
    const key = await write(atHome(), "gone");
    const link = join(home, "link");
    symlinkSync(atHome(), link);
    rmSync(resultFile(atHome(), key));
    for (const store of ["file", `folder:${atHome()}`, `folder:${link}`]) {
      const finder = createResultFinder({ home });
      expect(finder.look({ store, key })).toBe("lost");
      expect(finder.findMissing()).toEqual([key]);
    }
  });

  test("of a storage that is called as the home's is not missing where it is in a folder that is named later, or by the settings", async () => {
    const key = await write(other, "of a flow's own storage");
    const finder = createResultFinder({ home });
    expect(finder.look({ store: "file", key })).toBe("lost");
    expect(finder.findMissing()).toEqual([key]);
    expect(finder.look({ store: `folder:${other}`, key: await write(other, "another") })).toBe("elsewhere");
    expect(finder.findMissing()).toEqual([]);
    const set = createResultFinder({ home, resultStorage: other });
    expect([set.look({ store: "file", key }), set.findMissing()]).toEqual(["lost", []]);
  });

  test("that is named by no digest is not looked for as a file", () => {
    mkdirSync(atHome());
    const finder = createResultFinder({ home });
    const keys = ["../../secrets.key", "model", "", "a".repeat(63)];
    expect(keys.map((key) => finder.look({ store: "file", key }))).toEqual(keys.map(() => "elsewhere"));
    expect(finder.findMissing()).toEqual([]);
  });
});

test("a backup has what the home holds by whatever name, and neither it nor a check misses what lies in another folder", async () => {
  const store = await openStore({ home, database: null, durability: "process" }, systemClock);
  onTestFinished(() => store.close());
  const run = await create(store);
  const kept = await write(atHome(), "under another name");
  const own = await write(other, "of a flow's own storage");
  const refs = [
    { store: `folder:${atHome()}`, key: kept },
    { store: "file", key: own },
    { store: "file", key: own },
    { store: `folder:${other}`, key: await write(other, "named") },
  ].map((ref) => ({ storage: "stored", ...ref, sizeBytes: 4, serializer: "json" }) as const);
  await record(store, { taskRuns: refs.map((result) => aTaskRun(run.id, undefined, { result })) });

  const settings = { home, database: null, secretsKey: null, durability: "process" } as const;
  const backup = await backUpLedger({
    settings,
    clock: systemClock,
    target: join(home, "backup"),
    replaces: false,
    withResults: true,
    withSecretsKey: false,
  });
  expect(backup.results).toMatchObject({ files: 1, missing: [], missingCount: 0, elsewhere: 3 });
  const copied = createFileStorage({ folder: join(backup.path, "results") });
  expect((await copied.read(kept)).toString()).toBe("under another name");

  const check = () => checkLedger({ settings, clock: systemClock, isFull: true });
  expect(await check()).toEqual({ findings: [], missingResults: 0 });
  rmSync(resultFile(atHome(), kept));
  rmSync(resultFile(other, own));
  expect(await check()).toEqual({ findings: [], missingResults: 2 });
});

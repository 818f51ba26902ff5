import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createFileStorage } from "../results/file-storage.ts";
import { compressed } from "../results/compressed-serializer.ts";
import { createJsonSerializer } from "../results/json-serializer.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { inputs } from "../sdk/cache-policy.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";

const folder = await mkdtemp(join(tmpdir(), "millrace-long-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

const longBytes = 5_000_000;
const note = "x".repeat(1000);

test.each([
  ["json", createJsonSerializer()],
  ["json+gzip", compressed(createJsonSerializer())],
])(
  "a long result by %s is taken from the record, from the cache, and by whoever reads the ledger",
  async (name, serializer) => {
    await using ledger = await createTestLedger();
    let computed = 0;
    const load = task({ name: "load", cache: inputs(), resultSerializer: serializer }, async (seed: number) => {
      computed++;
      return { pixels: Buffer.alloc(longBytes, seed), notes: Array.from({ length: 6000 }, (_, id) => ({ id, note })) };
    });
    let isFirst = true;
    const use = flow({ name: "use" }, async () => {
      const { pixels, notes } = await load(7);
      if (isFirst) {
        isFirst = false;
        await ledger.crash();
      }
      return [pixels.length, pixels[longBytes - 1], notes.at(-1)];
    });
    const { run } = await ledger.run(use);
    const ends = [await ledger.resume(run), await ledger.run(use)];
    for (const { value } of ends) expect(value).toEqual([longBytes, 7, { id: 5999, note }]);
    expect(computed).toBe(1);
    const [record] = await ledger.taskRuns(run, "load");
    expect(record?.result).toMatchObject({ storage: "stored", serializer: name });
  },
);

test("a long result that cannot be kept is told with its place, and leaves nothing in the storage", async () => {
  await using ledger = await createTestLedger();
  const storage = createFileStorage({ folder: join(folder, "refused") });
  const load = task({ name: "load", resultStorage: storage }, async () => [
    ...Array.from({ length: 6000 }, () => note),
    { close: () => undefined },
  ]);
  const { run, value } = await ledger.run(flow(async () => (await load()).length));
  expect(value).toBe(6001);
  expect((await ledger.taskRuns(run))[0]?.result).toEqual({
    storage: "none",
    path: "result[6000].close",
    reason: "is a function",
  });
  expect((await ledger.logs(run)).map(({ message }) => message)).toContainEqual(
    "The result of `load` is not kept: result[6000].close is a function. It is computed again on resume.",
  );
  expect(await readdir(join(folder, "refused"))).toEqual(["unfinished"]);
  expect(await readdir(join(folder, "refused", "unfinished"))).toEqual([]);
});

test("a storage that fails is told as what it is", async () => {
  await using ledger = await createTestLedger();
  await writeFile(join(folder, "no-folder"), "");
  const storage = createFileStorage({ folder: join(folder, "no-folder") });
  const load = task({ name: "load", resultStorage: storage }, async () => Buffer.alloc(longBytes));
  const { run } = await ledger.run(flow(async () => load()));
  expect(run.error).toMatchObject({ code: "LEDGER_UNWRITABLE" });
});

test("damage in a long result is told as such, also where it is not understood any more", async () => {
  await using ledger = await createTestLedger();
  const inDamaged = join(folder, "damaged");
  const storage = createFileStorage({ folder: inDamaged });
  const load = task({ name: "load", resultStorage: storage }, async () => Buffer.alloc(longBytes));
  let isFirst = true;
  const { run } = await ledger.run(
    flow({ name: "damaged" }, async () => {
      const { length } = await load();
      if (isFirst) {
        isFirst = false;
        await ledger.crash();
      }
      return length;
    }),
  );
  const files = (await readdir(inDamaged, { recursive: true, withFileTypes: true })).filter((file) => file.isFile());
  expect(files).toHaveLength(1);
  for (const { parentPath, name } of files) await writeFile(join(parentPath, name), "!millrace-parts/1\nX");
  const resumed = await ledger.resume(run);
  expect(resumed.run.error).toMatchObject({ code: "RESULT_DAMAGED" });
});

/** A task is never completed while its result cannot be read, whatever the service that keeps it does. */

import { afterEach, beforeEach, expect, test } from "vitest";
import { type S3Server, startS3Server } from "../results/s3-server.testsuite.ts";
import { createS3Storage } from "../results/s3-storage.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";

let server: S3Server;

beforeEach(async () => {
  server = await startS3Server(["results"]);
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

const open = (answerTimeoutMs = 30_000) =>
  createS3Storage({
    bucket: "results",
    endpoint: server.endpoint,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    answerTimeoutMs,
  });

const content = Buffer.alloc(200_000, 7);

interface Fault {
  readonly what: string;
  readonly begin: () => void;
  /** How long the storage waits for an answer. */
  readonly answerTimeoutMs?: number;
}

const faults: readonly Fault[] = [
  { what: "refuses with 500", begin: () => void (server.refuse = () => 500) },
  { what: "asks to slow down", begin: () => void (server.refuse = () => 503) },
  { what: "says that the key has expired", begin: () => void (server.refuse = () => 403) },
  {
    what: "never answers",
    begin: () => void (server.breakOff = () => ({ afterBytes: 0, hangsUp: false })),
    answerTimeoutMs: 500,
  },
  { what: "hangs up", begin: () => void (server.breakOff = () => ({ afterBytes: 0, hangsUp: true })) },
];

test.each(faults)(
  "a task fails whose storage $what, and is completed by a retry when it has recovered",
  async ({ begin, answerTimeoutMs }) => {
    await using ledger = await createTestLedger();
    const load = task({ name: "load", resultStorage: open(answerTimeoutMs) }, async () => content);
    const size = flow({ name: "size" }, async () => (await load()).length);
    begin();
    const { run } = await ledger.run(size);
    const [failed] = await ledger.taskRuns(run, "load");
    expect(failed).toMatchObject({ state: { type: "FAILED" }, result: null, error: { code: "RESULT_STORAGE_FAILED" } });
    server.refuse = () => null;
    server.breakOff = () => null;
    const retried = await ledger.retry(run);
    expect(retried.value).toBe(content.length);
    const [completed] = await ledger.taskRuns(run, "load");
    if (completed?.result?.storage !== "stored") throw new Error("it is kept elsewhere");
    expect(await open().read(completed.result.key)).toHaveLength(completed.result.sizeBytes);
  },
);

test("a result that was damaged in the storage is not taken for the value", async () => {
  await using ledger = await createTestLedger();
  const load = task({ name: "load", resultStorage: open() }, async () => content);
  let isFirst = true;
  const size = flow({ name: "size" }, async () => {
    const found = await load();
    if (isFirst) {
      isFirst = false;
      await ledger.crash();
    }
    return found.length;
  });
  const { run } = await ledger.run(size);
  for (const kept of server.objects.values()) kept.writeUInt8(kept.readUInt8(9) ^ 1, 9);
  const { run: resumed } = await ledger.resume(run);
  expect(resumed).toMatchObject({ state: { type: "FAILED" }, error: { code: "RESULT_DAMAGED" } });
});

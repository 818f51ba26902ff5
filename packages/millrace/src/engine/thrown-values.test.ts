import { expect, test } from "vitest";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";

/** Throws what is no error. */
function raise(value: unknown): never {
  throw value;
}

test.each<[string, unknown, string]>([
  ["plain object", { status: 503, body: { reason: "busy" } }, '{ status: 503, body: { reason: "busy" } }'],
  ["text", "no rows", "no rows"],
  ["list", [1, "a"], '[1, "a"]'],
  ["nothing", undefined, "undefined"],
  ["object without a prototype", Object.assign(Object.create(null), { code: 7 }), "{ code: 7 }"],
])("a thrown %s is recorded as what it is, and is thrown again on resume", async (_, thrown, message) => {
  await using ledger = await createTestLedger();
  let bodies = 0;
  const broken = task({ name: "broken" }, async () => {
    bodies++;
    raise(thrown);
  });
  const caught: unknown[] = [];
  const watch = flow({ name: "watch" }, async () => {
    await broken().catch((error: unknown) => caught.push(error));
    if (caught.length === 1) await ledger.crash();
    raise(thrown);
  });
  const { run } = await ledger.run(watch);
  const { run: ended } = await ledger.resume(run);

  const [record] = await ledger.taskRuns(run, "broken");
  expect(record?.error).toMatchObject({ name: "Error", message, stack: null });
  expect(record?.state).toMatchObject({ name: "Failed", message });
  expect(ended.error).toMatchObject({ message, stack: null });
  expect(ended.state).toMatchObject({ name: "Failed", message });
  expect(caught).toEqual([thrown, thrown]);
  expect(bodies).toBe(1);
});

test("the words of a retry show a thrown object, without secrets", async () => {
  await using ledger = await createTestLedger();
  let attempts = 0;
  const flaky = task({ name: "flaky", retries: 1 }, async () => {
    if (++attempts === 1) raise({ status: 503 });
    return attempts;
  });
  const { run, value } = await ledger.run(flow(async () => flaky()));
  expect(value).toBe(2);
  const logs = await ledger.logs(run);
  expect(logs.map(({ message }) => message)).toContainEqual(expect.stringContaining("failed ({ status: 503 })"));
});

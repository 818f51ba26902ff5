import { expect, test } from "vitest";
import { shownParameters } from "../contract/secret-parameters.ts";
import { flow } from "../sdk/flow.ts";
import { secret } from "../sdk/secrets.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";

test("a secret among a run's parameters is told once, hidden where it is shown, and there on resume", async () => {
  await using ledger = await createTestLedger();
  await secret.set("service-token", "s3cr3t-value");
  const seen: unknown[] = [];
  const child = flow({ name: "child" }, async (parameters: { token: string; n: number }) => {
    seen.push(parameters.token);
    if (seen.length === 1) await ledger.crash();
  });
  const parent = flow({ name: "parent" }, async () => {
    const token = await secret.get("service-token");
    for (const n of [1, 2]) await child({ token, n });
  });
  const { run } = await ledger.run(parent);
  await ledger.resume(run);
  expect(seen).toEqual(["s3cr3t-value", "s3cr3t-value", "s3cr3t-value"]);

  const { items } = await ledger.api.listFlowRuns({});
  const children = items
    .filter(({ flowName }) => flowName === "child")
    .toSorted((one, other) => one.createdAt - other.createdAt);
  expect(children.map(({ parameters }) => parameters)).toEqual([
    '{"token":"s3cr3t-value","n":1}',
    '{"token":"s3cr3t-value","n":2}',
  ]);
  expect(children.map(shownParameters)).toEqual(['{"token":"********","n":1}', '{"token":"********","n":2}']);

  const logs = (await Promise.all(children.map((each) => ledger.logs(each)))).flat();
  expect(logs.filter(({ message }) => message.includes("hold a secret (`token`)"))).toHaveLength(1);
  const previews = (await ledger.taskRuns(run)).map(({ inputPreview }) => inputPreview);
  expect(previews.filter((preview) => preview?.includes("********"))).toHaveLength(2);
});

test("parameters without secrets are neither marked nor told of", async () => {
  await using ledger = await createTestLedger();
  await secret.set("service-token", "s3cr3t-value");
  const { run } = await ledger.run(
    flow({ name: "plain" }, async (_given: { n: number }) => 1),
    { n: 1 },
  );
  expect(run.extra).toEqual({});
  expect(await ledger.logs(run)).toEqual([]);
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { artifact } from "../sdk/artifacts.ts";
import { keyedBy } from "../sdk/cache-policy.ts";
import { logger, withTags } from "../sdk/context.ts";
import { emit } from "../sdk/events.ts";
import { flow } from "../sdk/flow.ts";
import { failed } from "../sdk/returned-states.ts";
import { secret } from "../sdk/secrets.ts";
import { task } from "../sdk/task.ts";
import { transaction } from "../sdk/transactions.ts";
import { variable } from "../sdk/variables.ts";
import { waitFor } from "../sdk/wait-for.ts";
import { createTestLedger, isOnPostgres } from "../testing/ledger-under-test.testsuite.ts";

const whyNot = "it reads the files of SQLite, byte for byte";

/** Which of the texts are anywhere in the ledger's files, what is not checkpointed included. */
function foundIn(home: string, texts: readonly string[]): readonly string[] {
  const files = readdirSync(home).filter((name) => name.startsWith("ledger.db"));
  expect(files).toContain("ledger.db-wal");
  const bytes = files.map((name) => readFileSync(join(home, name)));
  return texts.filter((text) => bytes.some((content) => content.includes(text)));
}

test("a secret that is put wherever a run records something is in no byte of the ledger", async ({ skip }) => {
  skip(isOnPostgres, whyNot);
  await using ledger = await createTestLedger({ database: "file" });
  const canary = "canary-7f3a91c2";
  await secret.set("token", canary);

  const quiet = task({ name: "quiet", runName: `for ${canary}` }, (_given: string) => undefined);
  const failing = task({ name: "failing", retries: 1, fallback: () => undefined }, (): undefined => {
    throw Object.assign(new Error(`refused ${canary}`), { token: canary, cause: new Error(canary) });
  });
  const odd = task({ name: "odd" }, () => failed({ name: `Bad ${canary}`, message: canary }));
  const all = flow({ name: "all", runName: `all of ${canary}`, tags: [`tag-${canary}`] }, async () => {
    const token = await secret.get("token");
    logger().info(`signing in with ${token}`, { token, [token]: 1 });
    await withTags([`slow-${token}`], () => quiet(token));
    await failing();
    await odd().catch(() => undefined);
    await emit(`ev.${token}`, { resource: { id: token, [token]: "label" }, payload: { token } });
    await artifact.markdown(`# ${token}`, { key: `report-${token}`, description: token });
    await artifact.table([{ [token]: token }]);
    throw new Error(`the end of ${token}`);
  });
  const { run } = await ledger.run(all);
  expect(run.state.type).toBe("FAILED");

  const events = (await ledger.api.listEvents({ flowRunIds: [run.id] })).items;
  expect(events.map(({ name }) => name)).toContain("ev.********");
  expect(run.tags).toEqual(["tag-********"]);
  const [quietRun] = (await ledger.taskRuns(run)).filter(({ taskName }) => taskName === "quiet");
  expect(quietRun?.tags).toEqual(["tag-********", "slow-********"]);
  const [report] = (await ledger.api.listArtifacts({ kinds: ["markdown"] })).items;
  expect(report?.key).toMatch(/^report-hidden-[0-9a-f]{8}$/);
  expect(foundIn(ledger.home, [canary])).toEqual([]);
});

test("what is read again stays as it is: the list that the guide has", async ({ skip }) => {
  skip(isOnPostgres, whyNot);
  await using ledger = await createTestLedger({ database: "file" });
  const places = [
    "parameter",
    "result",
    "call-key",
    "cache-key",
    "transaction-key",
    "transaction-value",
    "task-name",
    "variable",
  ] as const;
  const canaries = new Map(places.map((place) => [place, `canary-of-${place}`]));
  const of = (place: (typeof places)[number]): string => canaries.get(place) ?? "";
  for (const [place, value] of canaries) await secret.set(place, value);

  const give = task({ name: "give" }, () => of("result"));
  const kept = task({ name: "kept", cache: keyedBy(() => of("cache-key")) }, () => 1);
  const run = flow({ name: "reads-again" }, async (_given: { token: string }) => {
    await give();
    await give.withOptions({ key: of("call-key") })();
    await kept();
    await waitFor(() => true, { name: of("task-name") });
    await transaction({ key: of("transaction-key") }, (tx) => tx.set("token", of("transaction-value")));
    await variable.set("token", of("variable"));
  });
  await ledger.run(run, { token: of("parameter") });
  expect(foundIn(ledger.home, [...canaries.values()])).toEqual([...canaries.values()]);
});

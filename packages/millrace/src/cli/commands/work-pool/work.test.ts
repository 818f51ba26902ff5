import { beforeAll, describe, expect, test } from "vitest";
import { createCommandLine } from "../../in-process.testsuite.ts";
import { seedDeployments } from "../../seed-deployments.testsuite.ts";

const ledger = createCommandLine();
const { stdout, run: refused } = ledger;

beforeAll(async () => {
  await ledger.seed(seedDeployments);
});

describe("work-pool", () => {
  test("is made, changed, paused, limited and deleted", async () => {
    expect(await stdout("work-pool", "create", "gpu", "--type", "kubernetes", "--concurrency-limit", "4")).toMatch(
      /^Made the work pool gpu\. Start a worker: `millrace worker start --pool gpu`\.$/m,
    );
    expect((await refused("work-pool", "create", "gpu")).stderr).toContain("error[OBJECT_EXISTS]");
    expect(await stdout("work-pool", "update", "gpu", "--description", "the big ones")).toBe("gpu is changed.\n");
    expect((await refused("work-pool", "update", "gpu")).code).toBe(2);
    expect(await stdout("work-pool", "pause", "gpu")).toBe("gpu is paused.\n");
    expect(await stdout("work-pool", "ls")).toMatch(/^gpu +kubernetes +paused +0 +4 +the big ones$/m);
    expect(await stdout("work-pool", "resume", "gpu")).toBe("gpu goes on.\n");
    expect(await stdout("work-pool", "set-concurrency-limit", "gpu", "1")).toBe("gpu lets 1 run go at once.\n");
    expect((await refused("work-pool", "set-concurrency-limit", "gpu", "few")).stderr).toContain(
      "<limit> takes a whole number, not `few`",
    );
    expect(await stdout("work-pool", "clear-concurrency-limit", "gpu")).toBe("gpu has no limit.\n");
    expect(await ledger.json("work-pool", "inspect", "gpu")).toMatchObject({
      concurrencyLimit: null,
      queues: [{ name: "default" }],
      workers: [],
    });
    expect(await stdout("work-pool", "inspect", "gpu")).toMatch(/^Status +no worker$/m);
    expect(await stdout("work-pool", "delete", "local", "--dry-run")).toBe(
      "Would delete work pool local with 1 queue, which 1 deployment and 0 runs to come use.\n",
    );
    expect(await stdout("work-pool", "delete", "gpu", "--yes")).toBe("Deleted work pool gpu with 1 queue.\n");
    expect((await refused("work-pool", "inspect", "locl")).stderr).toContain("Did you mean `local`?");
  });

  test("why names pool, queue and worker, and preview lists what is to come", async () => {
    const { run } = await ledger.json<{ run: { id: string } }>("deployment", "run", "nightly", "--name", "stuck");
    await stdout("work-pool", "pause", "local");
    await stdout("work-queue", "pause", "local/default");
    const text = await stdout("flow-run", "why", run.id);
    expect(text).toMatch(/^etl · stuck: ◌ Scheduled, due \S+/);
    expect(text).toContain("· The work pool local is paused.\n→ `millrace work-pool resume local`");
    expect(text).toContain("· The work queue local/default is paused.");
    expect(text).toContain("· No worker of the work pool local is there: it has none yet.");
    expect(await stdout("work-pool", "preview", "local")).toMatch(/ etl +stuck +◌ Scheduled$/m);
    await stdout("work-pool", "resume", "local");
    await stdout("work-queue", "resume", "default");
  });
});

describe("work-queue", () => {
  test("is made, found by its pool, limited and deleted", async () => {
    expect(await stdout("work-queue", "create", "local/urgent", "--priority", "1")).toBe(
      "Made the work queue local/urgent, priority 1.\n",
    );
    await stdout("work-queue", "create", "slow", "--pool", "local", "--concurrency-limit", "2");
    expect((await refused("work-queue", "create", "slow")).stderr).toContain("write POOL/slow, or add --pool");
    const listed = await stdout("work-queue", "ls");
    expect(listed.split("\n").slice(1, -1)).toEqual([
      expect.stringMatching(/^local +urgent +1 +not ready +0 +none +never/),
      expect.stringMatching(/^local +default +2 +not ready +0 +none +never/),
      expect.stringMatching(/^local +slow +3 +not ready +0 +2 +never/),
    ]);
    expect(await stdout("work-queue", "set-concurrency-limit", "urgent", "3")).toBe(
      "local/urgent lets 3 runs go at once.\n",
    );
    expect(await stdout("work-queue", "clear-concurrency-limit", "slow", "--pool", "local")).toBe(
      "local/slow has no limit.\n",
    );
    expect(await stdout("work-queue", "inspect", "local/urgent")).toMatch(/^Limit +3$/m);
    expect(await stdout("work-queue", "update", "slow", "--priority", "1", "--description", "at night")).toBe(
      "local/slow is changed.\n",
    );
    const order = await ledger.json<readonly { name: string }[]>("work-queue", "ls", "--pool", "local");
    expect(order.map(({ name }) => name)).toEqual(["slow", "urgent", "default"]);
    expect((await refused("work-queue", "update", "slow")).stderr).toContain("say what to change");
    expect(await ledger.json("work-queue", "inspect", "local/default")).toMatchObject({ active: 0, waiting: 1 });
    expect(await stdout("work-queue", "preview", "urgent")).toContain("Nothing of local/urgent is due within 1h.");
    expect((await refused("work-queue", "delete", "local/default", "-y")).stderr).toContain("is the default queue");
    expect(await stdout("work-queue", "delete", "slow", "-y")).toBe("Deleted work queue local/slow.\n");
    expect((await refused("work-queue", "inspect", "urgnet")).stderr).toContain("Did you mean `local/urgent`?");
  });
});

test("worker ls tells who is there, and delete takes out who is not", async () => {
  expect(await stdout("worker", "ls")).toContain("No worker is known.");
  await ledger.seed(async (api) => {
    const [pool] = (await api.listObjects("work-pool")).items;
    await api.heartbeatWorker({ workPoolId: pool?.id ?? "", name: "ada" });
  });
  expect(await stdout("worker", "ls")).toMatch(/^ada +local +online +(now|\d+s ago) +(now|\d+s ago)$/m);
  expect(await ledger.json("worker", "ls", "--pool", "local")).toMatchObject([{ name: "ada", isOnline: true }]);
  expect((await refused("worker", "delete", "adda", "-y")).stderr).toContain("Did you mean `local/ada`?");
  expect((await refused("worker", "delete", "ada")).stderr).toContain("which is there and comes back");
  expect(await stdout("worker", "delete", "local/ada", "-y")).toBe("Deleted worker local/ada.\n");
  expect(await stdout("worker", "ls")).toContain("No worker is known.");
});

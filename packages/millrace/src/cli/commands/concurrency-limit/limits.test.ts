import { expect, test } from "vitest";
import type { SlotLease } from "../../../contract/objects.ts";
import { createCommandLine } from "../../in-process.testsuite.ts";

const ledger = createCommandLine();
const { stdout, run: refused } = ledger;

test("of a name are made, taken, reset and deleted; gcl is short for it", async () => {
  const gcl = "global-concurrency-limit";
  expect((await refused("gcl", "create", "their-api")).stderr).toContain("--limit is missing");
  expect(await stdout("gcl", "create", "their-api", "--limit", "2", "--decay", "0.5")).toBe(
    "Made the global limit their-api, 2 slots.\n",
  );
  await stdout(gcl, "update", "their-api", "--decay", "0");
  await ledger.seed((api) => api.takeSlots({ limits: ["their-api"], slots: 2, leaseMs: 600_000, holder: "job:7" }));
  expect(await stdout(gcl, "ls")).toMatch(/^their-api +2 +2 +none +active/m);
  expect(await stdout("gcl", "inspect", "their-api")).toMatch(/^job:7 +2 +(now|\d+s ago) +in 9m$/m);
  expect((await refused("gcl", "reset", "their-api")).stderr).toContain("Take back 2 slots of their-api");
  expect(await stdout("gcl", "reset", "their-api", "-y")).toBe("their-api has all of its slots.\n");
  expect(await ledger.json("gcl", "inspect", "their-api")).toMatchObject({ taken: 0, leases: [] });
  expect(await stdout("gcl", "disable", "their-api")).toBe("their-api is not enforced.\n");
  expect(await stdout("gcl", "enable", "their-api")).toBe("their-api is enforced.\n");
  expect((await refused("gcl", "inspect", "ther-api")).stderr).toContain("Did you mean `their-api`?");
  expect(await stdout("gcl", "delete", "their-api", "-y")).toBe("Deleted the global limit their-api.\n");
  expect(await stdout("gcl", "ls")).toMatch(/^There are no global limits\./);
});

test("of a tag are limits of their own", async () => {
  await stdout("concurrency-limit", "create", "database", "-l", "5");
  expect(await stdout("concurrency-limit", "ls")).toMatch(/^database +5 +0 +none +active/m);
  expect(await ledger.json("concurrency-limit", "inspect", "database")).toMatchObject({ name: "tag:database" });
  expect(await ledger.json("gcl", "ls")).toEqual([]);
  expect((await refused("gcl", "delete", "database", "-y")).code).toBe(3);
});

test("what one lease holds is taken back alone", async () => {
  await stdout("gcl", "create", "shared", "--limit", "5");
  const take = (holder: string) =>
    ledger.seed((api) => api.takeSlots({ limits: ["shared"], slots: 2, leaseMs: 600_000, holder }));
  await take("job:1");
  await take("job:2");
  const { leases } = await ledger.json<{ readonly leases: readonly SlotLease[] }>("gcl", "inspect", "shared");
  const first = leases.find(({ holder }) => holder === "job:1")?.id ?? "";
  expect((await refused("gcl", "reset", "shared", "--lease", first)).stderr).toContain("Take back 2 slots of shared");
  expect(await stdout("gcl", "reset", "shared", "--lease", first, "-y")).toBe("2 slots of shared are free again.\n");
  expect(await ledger.json("gcl", "inspect", "shared")).toMatchObject({ taken: 2, leases: [{ holder: "job:2" }] });
  expect(await refused("gcl", "reset", "shared", "--lease", first, "-y")).toMatchObject({
    code: 3,
    stderr: expect.stringContaining("It has ended"),
  });
});

import { expect, test } from "vitest";
import type { Member, Workspace } from "../../../contract/workspaces.ts";
import { createCommandLine } from "../../in-process.testsuite.ts";

const ledger = createCommandLine();
const anId: unknown = expect.stringMatching(/^[0-9a-f-]{36}$/);

test("workspaces are made, listed, changed, deleted and restored", async () => {
  expect(await ledger.stdout("workspace", "ls")).toContain("There are no workspaces.");
  const made = await ledger.json<Workspace>("workspace", "create", "forecasts", "--description", "Demand");
  expect(made).toMatchObject({ name: "forecasts", description: "Demand", purgeAt: null });
  expect(await ledger.stdout("workspace", "create", "demand")).toContain("`/workspaces/demand` behind the URL");
  expect(await ledger.stdout("workspace", "ls")).toMatch(/^forecasts +open +Demand$/m);
  expect(await ledger.json("workspace", "ls")).toEqual([
    { id: anId, name: "demand", description: "", role: null, purgeAt: null },
    { id: made.id, name: "forecasts", description: "Demand", role: null, purgeAt: null },
  ]);
  expect(await ledger.stdout("workspace", "update", "demand", "--name", "shops")).toContain("/workspaces/shops");
  expect(await ledger.stdout("workspace", "delete", "shops", "--dry-run")).toBe(
    "Would delete the workspace shops, with all that is in it.\n",
  );
  expect((await ledger.run("workspace", "delete", "shops")).stderr).toContain("Add --yes.");
  const deleted = await ledger.json<Workspace>("workspace", "delete", "shops", "--yes", "--keep-for", "2h");
  expect(deleted.purgeAt).toBe(deleted.updatedAt + 7_200_000);
  expect(await ledger.stdout("workspace", "ls")).toMatch(/^shops +deleted, kept until /m);
  expect(await ledger.stdout("workspace", "restore", "shops")).toBe("The workspace shops is there again.\n");
  expect(await ledger.stdout("workspace", "ls")).toMatch(/^shops +open/m);
});

test("accounts are let in and taken out", async () => {
  expect(await ledger.stdout("workspace", "members", "forecasts")).toContain("Nobody is a member of forecasts");
  await ledger.run("account", "create", "ada", "--role", "none", "--no-password");
  expect(await ledger.stdout("workspace", "add-member", "forecasts", "ada", "--role", "author")).toBe(
    "ada may enter forecasts, as author.\n",
  );
  await ledger.run("workspace", "add-member", "forecasts", "ada", "--role", "viewer");
  const members = await ledger.json<readonly Member[]>("workspace", "members", "forecasts");
  expect(members).toMatchObject([{ accountName: "ada", role: "viewer" }]);
  expect(await ledger.stdout("workspace", "members", "forecasts")).toMatch(/^ada +viewer /m);
  expect(await ledger.json("workspace", "remove-member", "forecasts", "ada")).toEqual({ removed: true });
  expect(await ledger.stdout("workspace", "remove-member", "forecasts", "ada")).toBe(
    "ada was no member of forecasts.\n",
  );
});

test("what cannot be is refused", async () => {
  const name = await ledger.run("workspace", "create", "Team A");
  expect([name.code, name.stderr]).toEqual([2, expect.stringContaining("lower-case letters, digits and hyphens")]);
  const taken = await ledger.run("workspace", "create", "forecasts");
  expect(taken.stderr).toContain("There is a workspace already");
  const missing = await ledger.run("workspace", "members", "forecast");
  expect([missing.code, missing.stderr]).toEqual([3, expect.stringContaining("Did you mean `forecasts`?")]);
  expect((await ledger.run("workspace", "add-member", "forecasts", "ada")).stderr).toContain("--role is missing");
  expect((await ledger.run("workspace", "update", "forecasts")).stderr).toContain("say what to change");
  const short = await ledger.run("workspace", "delete", "forecasts", "--yes", "--keep-for", "1s");
  expect(short.stderr).toContain("a minute at least");
});

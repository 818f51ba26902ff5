import { expect, test } from "vitest";
import { createCommandLine } from "../../in-process.testsuite.ts";
import type { ShownProfile } from "./shown-profiles.ts";

const ledger = createCommandLine();

test("profiles are made, used, shown, renamed and deleted", async () => {
  await ledger.stdout("profile", "create", "work");
  await ledger.stdout("config", "set", "database", "postgres://ada:pass@db.example/work", "--in", "work");
  expect(await ledger.json("profile", "create", "trial", "--from", "work", "--use")).toEqual({
    name: "trial",
    isActive: true,
  });
  const shown = await ledger.stdout("profile", "inspect");
  expect(shown).toMatch(/^Profile +trial \(used\)\ndatabase +postgres:\/\/ada:\S+@db\.example\/work\n$/);
  expect(shown).not.toContain("pass@");

  await ledger.stdout("profile", "rename", "trial", "staging");
  const profiles = await ledger.json<readonly ShownProfile[]>("profile", "ls");
  expect(profiles.map(({ name, isActive }) => [name, isActive])).toEqual([
    ["default", false],
    ["work", false],
    ["staging", true],
  ]);
  expect(await ledger.json("config", "profiles")).toEqual(profiles);

  expect(await ledger.json("profile", "use", "work")).toEqual({ active: "work" });
  expect(await ledger.json("profile", "delete", "work", "--yes")).toEqual({ deleted: ["work"] });
  expect(await ledger.json("profile", "inspect")).toEqual({ name: "default", isActive: true, settings: {} });
  expect((await ledger.run("profile", "inspect", "stagin")).stderr).toContain("Did you mean `staging`?");
  expect((await ledger.run("profile", "delete", "staging")).stderr).toContain("Add --yes");
});

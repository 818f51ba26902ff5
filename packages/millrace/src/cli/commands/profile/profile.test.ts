import { writeFileSync } from "node:fs";
import { join } from "node:path";
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

test("no password of a profile is shown", async () => {
  const settings = {
    database: "postgres://ada:pass1@db.example/work?sslpassword=pass2",
    apiUrl: "https://ada:pass3@millrace.example/",
    resultStorage: "s3://bucket/prefix",
    workerLimit: 4,
  };
  // As an older version or a hand may have left it: a profile that is not used is not checked.
  const damaged = {
    database: "postgres://ada:pass4#@db.example:x/work",
    apiUrl: "ada:pass5@millrace.example",
    secretsKey: "pass6",
    databse: "postgres://ada:pass7@db.example/work",
  };
  writeFileSync(join(ledger.home, "profiles.json"), JSON.stringify({ profiles: { sound: settings, damaged } }));
  const shown = [];
  for (const words of [["ls"], ["ls", "--json"], ["inspect", "sound"], ["inspect", "damaged"]]) {
    shown.push(await ledger.stdout("profile", ...words));
  }
  expect(shown.filter((text) => /pass[1-7]/.test(text))).toEqual([]);
  const [, sound, hidden] = await ledger.json<readonly ShownProfile[]>("profile", "ls");
  expect(sound?.settings).toEqual({
    database: "postgres://ada:********@db.example/work?sslpassword=********",
    apiUrl: "https://ada:********@millrace.example/",
    resultStorage: "s3://bucket/prefix",
    workerLimit: 4,
  });
  const stars = "********";
  expect(hidden?.settings).toEqual({ database: stars, apiUrl: stars, secretsKey: stars, databse: stars });
});

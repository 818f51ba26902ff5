import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createCommandLine } from "../../in-process.testsuite.ts";

const ledger = createCommandLine();
const { stdout } = ledger;

const file = `
- name: late-reports
  tags: [ops]
  trigger:
    kind: event
    expect: [report.late]
    threshold: 2
    within: 10m
  actions:
    - kind: do-nothing
- name: slow
  enabled: false
  trigger: { kind: metric, query: duration, operator: ">", threshold: 60, range: 1h, firingFor: 5m }
  actions: [{ kind: do-nothing }]
`;

test("automations are made of a file, shown, paused and deleted", async () => {
  const path = join(ledger.home, "alerts.yaml");
  expect(await stdout("automation", "ls")).toContain("There are no automations.");
  writeFileSync(path, file);
  expect(await stdout("automation", "create", "--from-file", path)).toMatch(
    /^Made the automation late-reports \(.*\)\.\nMade the automation slow \(.*\)\.$/m,
  );
  expect(await stdout("automation", "ls")).toMatch(
    /^late-reports +enabled +2 of report\.late within 10m +do-nothing +never$/m,
  );
  expect(await stdout("automation", "ls")).toMatch(/^slow +paused +duration > 60 for 5m +do-nothing +never$/m);
  expect(await ledger.json("automation", "inspect", "late-reports")).toMatchObject({
    tags: ["ops"],
    trigger: { kind: "event", posture: "Reactive", threshold: 2, withinMs: 600_000 },
  });
  writeFileSync(path, JSON.stringify({ name: "slow", trigger: { kind: "event" }, actions: [{ kind: "do-nothing" }] }));
  expect(await stdout("automation", "create", "-f", path, "--replace")).toMatch(/^Changed the automation slow/);
  expect(await stdout("automation", "pause", "slow")).toBe("slow is paused.\n");
  expect(await stdout("automation", "resume", "slow")).toBe("slow goes on.\n");
  expect(await stdout("automation", "history", "slow")).toBe("Nothing has set slow off yet.\n");
  expect(await stdout("automation", "delete", "slow", "-y")).toBe("Deleted the automation slow.\n");
  const refused = async (text: string) => {
    writeFileSync(path, text);
    const { code, stderr } = await ledger.run("automation", "create", "-f", path);
    expect(code).toBe(2);
    return stderr;
  };
  expect(await refused("name: x\ntriger: {}")).toContain("did you mean `trigger`?");
  expect(await refused("name: x\ntrigger: { kind: evnt }")).toContain("did you mean `event`?");
  expect(await refused("name: [")).toContain("alerts.yaml cannot be read");
  expect(
    await refused("name: x\ntrigger: { kind: metric, query: duration, operator: '>', threshold: 1, range: 1s }"),
  ).toContain("error[OBJECT_INVALID]");
});

test("the history of an automation says why it was set off, and what failed", async () => {
  await ledger.seed(async (api) => {
    const { id } = await api.createObject("automation", { name: "tell", enabled: true, tags: [], owner: null });
    const firing = { firing: { state: "Triggered", reason: "2 of 2 events within 60 s" } };
    const outcomes = [{ kind: "call-webhook", status: "failed", reason: "The block is gone." }];
    await api.createObject("automation-firing", { automationId: id, status: "failed", firing, outcomes });
  });
  const text = await stdout("automation", "history", "tell");
  expect(text).toMatch(
    /failed +2 of 2 events within 60 s +call-webhook failed\n\n.*call-webhook: The block is gone\.$/m,
  );
  expect(await ledger.json("automation", "history", "tell", "--failed")).toMatchObject([{ status: "failed" }]);
});

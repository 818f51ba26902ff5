import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { configurationIdOf, evaluationName } from "../../../contract/evaluations.ts";
import type { Automation } from "../../../contract/objects.ts";
import { isOnPostgres } from "../../../testing/ledger-under-test.testsuite.ts";
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
  const known = await ledger.json<Automation>("automation", "inspect", "slow");
  expect((await ledger.run("automation", "update", "slow")).stderr).toContain("say what to change");
  writeFileSync(path, file);
  expect((await ledger.run("automation", "update", "slow", "-f", path)).stderr).toContain("the file has 2 automations");
  await stdout("automation", "update", "slow", "--name", "slower", "--tag", "speed", "--no-enabled");
  const one = join(ledger.home, "one.yaml");
  writeFileSync(one, "{ name: slow, trigger: { kind: event, expect: late }, actions: [{ kind: do-nothing }] }");
  expect(await ledger.json("automation", "update", "slower", "-f", one, "--description", "by event")).toMatchObject({
    id: known.id,
    name: "slow",
    description: "by event",
    enabled: true,
    tags: [],
    trigger: { kind: "event", expect: ["late"] },
  });
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
  expect(await refused("name: x\ntriger: {}")).toContain("Did you mean `trigger`?");
  expect(await refused("name: x\ntrigger: { kind: evnt }")).toContain("Did you mean `event`?");
  expect(await refused("name: [")).toContain("alerts.yaml cannot be read");
  expect(
    await refused(
      "name: x\ntrigger: { kind: metric, query: duration, operator: '>', threshold: 1, range: 1s }\nactions: [{ kind: do-nothing }]",
    ),
  ).toContain("error[OBJECT_INVALID]");
});

test("the actions of a file name what they are done to, and all of them are checked before the first is made", async () => {
  const path = join(ledger.home, "named.yaml");
  const { deployment, schedule, pool, block } = await ledger.seed(async (api) => {
    const schedules = [{ slug: "north", active: true, spec: { kind: "cron", cron: "0 2 * * *" } }];
    const saved = await api.saveDeployment({ flowName: "nightly", name: "a", schedules });
    const type = await api.createObject("block-type", { slug: "slack-webhook", name: "Slack Webhook" });
    const ofSchema = { blockTypeId: type.id, checksum: "sha256:1", schemaVersion: "1", capabilities: [] };
    const schema = await api.createObject("block-schema", ofSchema);
    const ids = { blockTypeId: type.id, blockSchemaId: schema.id };
    return {
      deployment: saved.deployment.id,
      schedule: saved.schedules[0]?.id,
      pool: (await api.createWorkPool({ name: "local", type: "process" })).id,
      block: (await api.createObject("block-document", { ...ids, name: "team", anonymous: false })).id,
    };
  });
  const named = `
- name: by-name
  trigger: { kind: event, expect: order.placed }
  actions:
    - { kind: run-deployment, target: { name: nightly/a } }
    - { kind: pause-work-pool, target: { name: local } }
    - { kind: pause-deployment, target: { source: inferred } }
    - { kind: pause-schedule, deployment: nightly/a, schedule: north }
    - { kind: send-notification, block: slack-webhook/team, body: late }
`;
  writeFileSync(path, named);
  await stdout("automation", "create", "-f", path);
  const found = await ledger.json<Automation>("automation", "inspect", "by-name");
  expect(found).toMatchObject({ trigger: { expect: ["order.placed"] }, lastEvaluation: null });
  expect(found.actions).toMatchObject([
    { target: { source: "selected", id: deployment } },
    { target: { source: "selected", id: pool } },
    { target: { source: "inferred" } },
    { kind: "pause-schedule", deploymentId: deployment, scheduleId: schedule },
    { kind: "send-notification", blockDocumentId: block, subject: "Millrace", body: "late" },
  ]);
  const good = "{ name: good, trigger: { kind: event, expect: [x] }, actions: [{ kind: do-nothing }] }";
  const refused = async (other: string) => {
    writeFileSync(path, `- ${good}\n- ${other}`);
    const { code, stdout: printed, stderr } = await ledger.run("automation", "create", "-f", path);
    expect([code === 0, printed]).toEqual([false, ""]);
    return stderr;
  };
  const bad = (action: string) => `{ name: bad, trigger: { kind: event, expect: [x] }, actions: [${action}] }`;
  expect(await refused(bad("{ kind: run-deploymnt }"))).toContain("Did you mean `run-deployment`?");
  expect(await refused(bad("{ kind: run-deployment }"))).toContain("bad: actions.0 has no target");
  expect(await refused(bad("{ kind: run-deployment, target: { name: nightly/b } }"))).toContain("`nightly/a`");
  expect(await refused(bad("{ kind: change-flow-run-state, state: DONE }"))).toContain("bad: actions.0.state");
  expect(await refused(bad("{ kind: call-webhook, block: slack-webhook/team, payload: '{{' }"))).toContain("payload");
  expect(await refused("{ name: bad, trigger: { kind: event, treshold: 3 } }")).toContain("Did you mean `threshold`?");
  expect(await refused("{ name: bad, trigger: { kind: event } }")).toContain("automation 2 has no action");
  expect(await refused(good)).toContain("two automations of the file have the name good");
  expect(await stdout("automation", "ls")).not.toContain("good");
});

/** Refuses automations of this name, as a disk that is full would. */
function refuseIn(home: string, name: string): void {
  using database = new DatabaseSync(join(home, "ledger.db"));
  database.exec(`create trigger refusal before insert on automation when new.name = '${name}'
    begin select raise(abort, 'there is no room'); end`);
}

test("automations of a file name each other, before those of the ledger", async () => {
  const path = join(ledger.home, "each-other.yaml");
  const pausing = (name: string, other: string) =>
    `- { name: ${name}, trigger: { kind: event, expect: x }, actions: [{ kind: pause-automation, target: { name: ${other} } }] }`;
  const ids = async (...names: readonly string[]) => {
    const [one, other] = await ledger.json<readonly Automation[]>("automation", "create", "-f", path, ...names);
    expect([one?.actions, other?.actions]).toMatchObject([
      [{ target: { source: "selected", id: other?.id } }],
      [{ target: { source: "selected", id: one?.id } }],
    ]);
    return [one?.id, other?.id];
  };
  writeFileSync(path, [pausing("day", "night"), pausing("night", "day")].join("\n"));
  const made = await ids();
  expect(await ids("--replace")).toEqual(made);
  expect(await ids()).not.toEqual(made);
  writeFileSync(path, pausing("dusk", "dawn"));
  expect((await ledger.run("automation", "create", "-f", path)).code).toBe(3);
});

test.skipIf(isOnPostgres)("what was made before one that cannot be is printed", async () => {
  const path = join(ledger.home, "halfway.yaml");
  const idle = (name: string) =>
    `- { name: ${name}, trigger: { kind: event, expect: x }, actions: [{ kind: do-nothing }] }`;
  writeFileSync(path, [idle("first"), idle("second"), idle("third")].join("\n"));
  refuseIn(ledger.home, "second");
  const { code, stdout: printed, stderr } = await ledger.run("automation", "create", "-f", path, "--json");
  expect(code).not.toBe(0);
  expect(stderr).toContain("there is no room");
  expect(JSON.parse(printed)).toMatchObject([{ name: "first" }]);
  expect(await stdout("automation", "ls")).not.toContain("third");
});

test("the last evaluation is shown, also if nothing came of it", async () => {
  await ledger.seed(async (api) => {
    const { id } = await api.createObject("automation", { name: "quiet", enabled: true, tags: [], owner: null });
    const name = evaluationName(id);
    const reason = { path: "trigger", key: ["7"], outcome: "counted", text: "1 of 2 events within 1m 00s", at: 1 };
    const row = { ...reason, firstAt: 1, count: 3 };
    const value = { seq: 1, state: null, history: [{ ...row, outcome: "failed", text: "older", count: 1 }, row] };
    await api.createObject("configuration", { id: configurationIdOf(name), name, value });
  });
  const history = await stdout("automation", "history", "quiet");
  expect(history).toMatch(
    /^Nothing has set quiet off yet\.\nLast evaluation, .*: counted \(7\): 1 of 2 events within 1m 00s\n$/,
  );
  expect(await stdout("automation", "inspect", "quiet")).toMatch(/Last evaluation.*counted \(7\): 1 of 2/);
  expect(await ledger.json("automation", "inspect", "quiet")).toMatchObject({ lastEvaluation: { outcome: "counted" } });
  const evaluations = await stdout("automation", "history", "quiet", "--evaluations");
  expect(evaluations).toMatch(
    /^AT +OUTCOME +FOR +WHY +TIMES\n.* counted +7 +1 of 2 events within 1m 00s +3\n.* failed +7 +older +1\n$/,
  );
  const failed = await ledger.json("automation", "history", "quiet", "--evaluations", "--failed");
  expect(failed).toEqual([
    { path: "trigger", key: ["7"], outcome: "failed", text: "older", at: 1, firstAt: 1, count: 1 },
  ]);
});

test("the history of an automation says why it was set off, and what failed", async () => {
  await ledger.seed(async (api) => {
    const { id } = await api.createObject("automation", { name: "tell", enabled: true, tags: [], owner: null });
    const firing = { firing: { state: "Triggered", reason: "2 of 2 events within 1m 00s" } };
    const outcomes = [{ kind: "call-webhook", status: "failed", reason: "The block is gone." }];
    await api.createObject("automation-firing", { automationId: id, status: "failed", firing, outcomes });
  });
  const text = await stdout("automation", "history", "tell");
  expect(text).toMatch(
    /failed +2 of 2 events within 1m 00s +call-webhook failed\n\n.*call-webhook: The block is gone\.$/m,
  );
  expect(await ledger.json("automation", "history", "tell", "--failed")).toMatchObject([{ status: "failed" }]);
});

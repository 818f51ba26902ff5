import { beforeAll, describe, expect, test } from "vitest";
import type { Api } from "../../contract/api.ts";
import { displayWidth } from "../../kit/text.ts";
import { createCommandLine } from "../in-process.testsuite.ts";

const empty = createCommandLine();
const full = createCommandLine();

const listings: readonly (readonly string[])[] = [
  ["inbox", "ls"],
  ["flow", "ls"],
  ["deployment", "ls"],
  ["work-pool", "ls"],
  ["work-queue", "ls"],
  ["worker", "ls"],
  ["block", "ls"],
  ["block", "type", "ls"],
  ["concurrency-limit", "ls"],
  ["global-concurrency-limit", "ls", "--all"],
  ["automation", "ls"],
];

const long = "a name that is so long that nobody would choose it, but for those who do";
const slug = long.replaceAll(/[ ,]+/g, "-");

beforeAll(() => full.seed(seedLong));

/** Two of each, one of them with names and texts that fit nowhere. */
async function seedLong(api: Api): Promise<void> {
  for (const name of ["short", long]) {
    const pool = await api.createWorkPool({ name, type: "process", paused: false, description: long });
    const queue = await api.createWorkQueue({ workPoolId: pool.id, name, paused: true, description: long });
    await api.heartbeatWorker({ workPoolId: pool.id, name });
    await api.saveDeployment({
      flowName: name,
      name,
      tags: [long],
      workPoolId: pool.id,
      workQueueId: queue.id,
      version: long,
      schedules: [{ slug: name, active: true, spec: { kind: "rrule", rrule: "FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=23" } }],
    });
    const type = await api.createObject("block-type", {
      slug: name.replaceAll(/[ ,]+/g, "-"),
      name,
      description: long,
    });
    const blockSchema = { blockTypeId: type.id, checksum: name, schemaVersion: "1", capabilities: [] };
    const { id: blockSchemaId } = await api.createObject("block-schema", blockSchema);
    const block = { blockTypeId: type.id, blockSchemaId, name, anonymous: false, data: { note: long } };
    await api.createObject("block-document", block);
    for (const limit of [`tag:${name}`, name]) {
      const slots = { active: true, slots: 100_000, taken: 0, takenAt: 0, decayPerSecond: 0.001, denied: 0 };
      await api.createObject("concurrency-limit", { name: limit, ...slots });
    }
    const trigger = { kind: "event", posture: "Reactive", match: {}, matchRelated: [], after: [], forEach: [] };
    await api.createObject("automation", {
      name,
      enabled: true,
      tags: [],
      owner: null,
      trigger: { ...trigger, expect: [long], threshold: 1, withinMs: 60_000 },
      actions: [{ kind: "do-nothing" }],
    });
    const paused = { type: "PAUSED", name: "Paused", at: Date.UTC(2026), details: { inputDescription: long } } as const;
    const id = name === long ? "01a00000-0000-7000-8000-000000000001" : "01a00000-0000-7000-8000-000000000002";
    await api.record({
      processId: "seed",
      created: [{ id, flowName: name, name, parameters: "{}", states: [paused] }],
    });
  }
}

describe.each(listings.map((args) => ({ args, title: args.join(" ") })))("$title", ({ args }) => {
  test("says what to do when there is nothing", async () => {
    expect(await empty.stdout(...args)).toMatch(/^(There are no .*|No .*)`.+`|^Nothing waits for you\.$/m);
    expect(await empty.json(...args)).toEqual([]);
  });

  test("fits into 80 columns, with a line for each", async () => {
    const lines = (await full.stdout(...args)).split("\n");
    expect(lines.filter((line) => displayWidth(line) > 80)).toEqual([]);
    expect(lines.filter((line) => /\bshort\b/.test(line)).length).toBeGreaterThan(0);
    expect(lines.filter((line) => /a[ -]name/.test(line)).length).toBeGreaterThan(0);
    const found = await full.json<readonly object[]>(...args);
    expect(found.length).toBeGreaterThan(1);
    expect(found.every((each) => "id" in each || "flowRunId" in each)).toBe(true);
  });
});

test.each([
  [["deployment", "inspect", `${long}/${long}`]],
  [["work-pool", "inspect", long]],
  [["work-queue", "inspect", `${long}/${long}`]],
  [["flow", "inspect", long]],
  [["automation", "history", long]],
  [["inbox", "inspect", "01a00000-0000-7000-8000-000000000001"]],
  [["global-concurrency-limit", "inspect", long]],
])("%j is of at most 80 columns but for sentences", async (words) => {
  const lines = (await full.stdout(...words)).split("\n");
  expect(lines.filter((line) => displayWidth(line) > 80 && !/[.`]$/.test(line))).toEqual([]);
  expect(lines.length).toBeGreaterThan(1);
});

describe("block", () => {
  test("is shown, and deleted when that is sure", async () => {
    expect(await full.stdout("block", "inspect", `${slug}/${long}`)).toContain(`"note": "${long}"`);
    expect(await full.json("block", "inspect", "short/short")).toMatchObject({ type: "short", data: { note: long } });
    expect(await full.json("block", "type", "inspect", "short")).toMatchObject({ slug: "short", schemas: [{}] });
    const { code, stderr } = await full.run("block", "delete", "shrot");
    expect(code).toBe(3);
    expect(stderr).toContain("Did you mean `short/short`?");
    expect(await full.stdout("block", "delete", "short/short", "-y")).toBe("Deleted the block short/short.\n");
  });
});

describe("event", () => {
  test("emit is seen by ls, and by what it is narrowed to", async () => {
    await empty.stdout("event", "emit", "report.late", "-r", "report.daily", "--related", "owner=ada");
    expect(await empty.stdout("event", "ls", "-n", "1")).toMatch(/report\.late +report\.daily$/m);
    expect(await empty.json("event", "ls", "--name", "report.late")).toMatchObject([
      { resource: { id: "report.daily" }, related: [{ id: "ada", role: "owner" }], payload: null },
    ]);
    expect(await empty.json("event", "ls", "--name", "report.*")).toHaveLength(1);
    expect(await empty.json("event", "ls", "--name", "rep*", "--name", "nothing*")).toHaveLength(1);
    expect(await empty.json("event", "ls", "--name", "late*")).toEqual([]);
    expect((await empty.run("event", "ls", "--name", "*.late")).stderr).toContain("a * at its end only");
    expect((await empty.run("event", "emit", "x")).code).toBe(2);
    expect((await empty.run("event", "stream", "--name", "a", "--name", "b*")).stderr).toContain("not both");
  });
});

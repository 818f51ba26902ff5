import { beforeAll, describe, expect, test } from "vitest";
import { createCommandLine } from "../../in-process.testsuite.ts";
import { type Seeded, seedDeployments } from "../../seed-deployments.testsuite.ts";

const ledger = createCommandLine();
const { stdout, run: refused } = ledger;
let seeded: Seeded;

beforeAll(async () => {
  seeded = await ledger.seed(seedDeployments);
});

describe("deployment", () => {
  test("ls shows names, status and schedules, and is narrowed", async () => {
    const text = await stdout("deployment", "ls");
    expect(text.split("\n")[0]).toMatch(/^NAME +STATUS +SCHEDULES +POOL +VERSION$/);
    expect(text).toMatch(/^etl\/nightly +not ready +cron 0 2 \* \* \* Europe\/Berlin +local$/m);
    expect(text).toMatch(/^etl\/hourly +not ready +none$/m);
    const names = async (...args: readonly string[]) =>
      (await ledger.json<readonly { name: string }[]>("deployment", "ls", ...args)).map(({ name }) => name);
    expect(await names("--pool", "local")).toEqual(["nightly"]);
    expect(await names("--tag", "prod", "--flow", "etl")).toEqual(["nightly"]);
    expect(await names("--name", "OUR")).toEqual(["hourly"]);
    expect(await stdout("deployment", "ls", "--flow", "nothing")).toBe("No deployment matches.\n");
  });

  test("is found by its full name, its name alone, and its id", async () => {
    const { id } = seeded.nightly;
    for (const reference of ["etl/nightly", "nightly", id, id.slice(0, 18).toUpperCase()]) {
      expect(await ledger.json("deployment", "inspect", reference)).toMatchObject({
        id,
        schedules: [{ slug: "daily" }],
      });
    }
    const near = await refused("deployment", "inspect", "etl/nihgtly");
    expect(near.code).toBe(3);
    expect(near.stderr).toContain("Did you mean `etl/nightly`?");
    expect((await refused("deployment", "inspect", "huorly")).stderr).toContain("Did you mean `etl/hourly`?");
    await ledger.seed((api) => api.saveDeployment({ flowName: "report", name: "nightly" }));
    const both = await refused("deployment", "pause", "nightly");
    expect(both.code).toBe(2);
    expect(both.stderr).toMatch(/`nightly` is more than one deployment: etl\/nightly \(.*\), report\/nightly/);
    expect(await stdout("deployment", "delete", "report/nightly", "--yes")).toMatch(
      /^Deleted deployment report\/nightly/,
    );
  });

  test("run submits a run, says what it waits for, and checks its parameters", async () => {
    const text = await stdout("deployment", "run", "etl/nightly", "-p", "rows=3", "--name", "by-hand", "-t", "urgent");
    expect(text).toMatch(/^Submitted etl · by-hand \([0-9a-f-]{36}\)\.\nNo worker of the work pool local is there/);
    const again = ["deployment", "run", "etl/hourly", "--idempotency-key", "one"] as const;
    const first = await ledger.json<{ run: { id: string } }>(...again);
    expect(first).toMatchObject({ isNew: true });
    expect(await ledger.json(...again)).toMatchObject({ isNew: false, run: { id: first.run.id } });
    expect(await stdout(...again)).toContain("was submitted before with this key. It is Scheduled.");
    const later = await ledger.json<{ run: { dueAt: number } }>(
      "deployment",
      "run",
      "nightly",
      "--at",
      "2100-01-01T00:00Z",
    );
    expect(later.run.dueAt).toBe(Date.UTC(2100));
    const wrong = await refused("deployment", "run", "nightly", "-p", "rows=many", "-p", "row=3");
    expect(wrong.stderr).toMatch(/^Flow `etl` has no parameter `row` in its schema\. Did you mean `rows`\?$/m);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("rows must be integer");
    expect((await refused("deployment", "run", "nightly", "--at", "noon")).stderr).toContain("--at takes a date");
    expect((await refused("deployment", "run", "nightly", "--params", "[1]")).code).toBe(2);
  });

  test("run runs a run again, from a step on where one is named", async () => {
    await ledger.seed((api) => api.saveDeployment({ flowName: "again", name: "main" }));
    const first = await ledger.json<{ run: { id: string } }>("deployment", "run", "again/main", "-p", "rows=7");
    const again = ["deployment", "run", "again/main", "--rerun-of", first.run.id, "-p", "more=1"] as const;
    expect(await ledger.json(...again)).toMatchObject({ run: { parameters: { rows: 7, more: 1 }, adopts: null } });
    const unknown = await refused(...again, "--from", "train");
    expect(unknown.code).toBe(3);
    expect(unknown.stderr).toContain(`step of flow run ${first.run.id}`);
    expect((await refused("deployment", "run", "again/main", "--from", "train")).stderr).toContain("--rerun-of");
    await stdout("flow", "delete", "again", "--yes", "--force");
  });

  test("inspect shows its schedules, and its runs to come", async () => {
    const text = await stdout("deployment", "inspect", "etl/nightly");
    expect(text).toMatch(/^Parameters +\{"rows":10\}$/m);
    expect(text).toMatch(/^Work pool +local, queue default$/m);
    expect(text).toMatch(/Schedules\nID +SLUG +SCHEDULE +STATUS +PARAMETERS\n\S+ +daily +cron 0 2/);
    expect(text).toMatch(/Next runs\n.*\n.* etl +by-hand +◌ Scheduled/);
  });

  test("pause and resume", async () => {
    expect(await stdout("deployment", "pause", "nightly")).toBe("etl/nightly is paused.\n");
    expect(await ledger.json("deployment", "ls", "--paused")).toMatchObject([{ name: "nightly", paused: true }]);
    expect(await stdout("deployment", "resume", "nightly")).toBe("etl/nightly goes on.\n");
    expect(await stdout("deployment", "resume", "hourly")).toContain("It has no active schedule.");
  });
});

describe("deployment update", () => {
  const update = (...words: readonly string[]) => stdout("deployment", "update", ...words);

  test("changes what is given, and leaves the rest", async () => {
    await ledger.seed((api) =>
      api.saveDeployment({ flowName: "load", name: "n", parameters: { rows: 1 }, jobVariables: { env: {} } }),
    );
    expect(await update("n", "-p", "from=2026-11-27", "--description", "by night", "-t", "a", "-t", "b")).toBe(
      "load/n is changed.\n",
    );
    await update("load/n", "--concurrency-limit", "2", "--collision-strategy", "latest-only", "--enforce-schema");
    await update("n", "--pool", "local", "--job-variable", "working_dir=/srv");
    expect(await ledger.json("deployment", "inspect", "load/n")).toMatchObject({
      parameters: { rows: 1, from: "2026-11-27" },
      description: "by night",
      tags: ["a", "b"],
      concurrencyLimit: 2,
      collisionStrategy: "latest-only",
      enforcesSchema: true,
      workPoolId: seeded.pool.id,
      workQueueId: seeded.pool.defaultQueueId,
      jobVariables: { env: {}, working_dir: "/srv" },
    });
    await ledger.seed((api) => api.createWorkQueue({ workPoolId: seeded.pool.id, name: "fast" }));
    await update("n", "--queue", "fast", "--params", '{"to":1}');
    expect(
      await ledger.json("deployment", "update", "n", "--pool", "none", "--concurrency-limit", "none"),
    ).toMatchObject({
      parameters: { to: 1 },
      workPoolId: null,
      workQueueId: null,
      concurrencyLimit: null,
    });
    expect((await refused("deployment", "update", "n", "--queue", "fast")).stderr).toContain("add --pool");
    expect((await refused("deployment", "update", "n")).stderr).toContain("say what to change");
    expect((await refused("deployment", "update", "n", "--concurrency-limit", "few")).code).toBe(2);
    await stdout("deployment", "delete", "load/n", "-y");
  });
});

describe("deployment schedule", () => {
  const schedules = () =>
    ledger.json<readonly { slug: string | null; active: boolean; spec: object }[]>(
      "deployment",
      "schedule",
      "ls",
      "hourly",
    );

  test("is made, shown before, paused, and deleted", async () => {
    expect(await stdout("deployment", "schedule", "ls", "hourly")).toMatch(/has no schedule\. Give it one: `millrace/);
    const preview = ["deployment", "schedule", "preview", "--cron", "30 2 * * *", "-z", "Europe/Berlin"] as const;
    // The clocks go forward on 28 March 2027.
    expect(await stdout(...preview, "--after", "2027-03-26T12:00Z", "-n", "3")).toMatch(
      /^cron 30 2 .*\nSat 2027-03-27 02:30:00 GMT\+1 .*\nSun 2027-03-28 03:30:00 GMT\+2 .*\nMon 2027-03-29 02:30:00 GMT\+2 /,
    );
    const create = ["deployment", "schedule", "create", "hourly"] as const;
    const made = await stdout(
      ...create,
      "--interval",
      "90m",
      "--slug",
      "often",
      "-p",
      "rows=1",
      "--catch-up",
      "latest",
    );
    expect(made).toBe("etl/hourly has the schedule often: every 1h 30m.\n");
    await stdout(...create, "--rrule", "FREQ=WEEKLY;BYDAY=MO", "--slug", "weekly", "--paused");
    expect(await schedules()).toMatchObject([
      {
        slug: "often",
        active: true,
        spec: { everyMs: 5_400_000 },
        parameters: { rows: 1 },
        catchUp: { policy: "latest" },
      },
      { slug: "weekly", active: false, spec: { kind: "rrule" } },
    ]);
    const json = await ledger.json<readonly { time: string }[]>(
      "deployment",
      "schedule",
      "preview",
      "hourly",
      "weekly",
    );
    expect(json).toHaveLength(10);
    expect(new Date(json[0]?.time ?? "").getUTCDay()).toBe(1);
    expect(await stdout("deployment", "schedule", "resume", "hourly", "weekly")).toBe(
      "1 schedule of etl/hourly is active.\n",
    );
    expect(await stdout("deployment", "schedule", "pause", "hourly", "--all")).toBe(
      "2 schedules of etl/hourly are paused.\n",
    );
    expect((await schedules()).map(({ active }) => active)).toEqual([false, false]);
    const update = ["deployment", "schedule", "update", "hourly", "often"] as const;
    expect(await stdout(...update, "--cron", "0 3 1 * MON", "--day-and", "--end", "2100-01-01", "--jitter", "5m")).toBe(
      "etl/hourly has the schedule often: cron 0 3 1 * MON.\n",
    );
    expect((await schedules())[0]).toMatchObject({
      slug: "often",
      active: false,
      jitterMs: 300_000,
      endAt: expect.any(Number),
      parameters: { rows: 1 },
      catchUp: { policy: "latest" },
      spec: { cron: "0 3 1 * MON", dayOr: false },
    });
    await stdout(...update, "--end", "none", "--no-paused", "--params", "{}", "--slug", "rarely");
    expect((await schedules())[0]).toMatchObject({
      slug: "rarely",
      active: true,
      endAt: null,
      parameters: {},
      spec: { cron: "0 3 1 * MON" },
    });
    expect(await stdout("deployment", "schedule", "delete", "hourly", "weekly", "-y")).toBe(
      "Deleted 1 schedule of etl/hourly.\n",
    );
    await stdout(...create, "--date", "2100-01-01", "--replace", "--yes");
    expect(await schedules()).toMatchObject([{ slug: null, spec: { kind: "dates" } }]);
    expect(await stdout("deployment", "schedule", "clear", "hourly", "--dry-run")).toMatch(/^Would delete 1 schedule/);
    expect(await stdout("deployment", "schedule", "clear", "hourly", "--yes")).toMatch(/^Deleted 1 schedule/);
    expect(await schedules()).toEqual([]);
  });

  test.each([
    [["create", "hourly"], 2, "say when: --cron, --interval, --rrule or --date"],
    [["create", "hourly", "--cron", "* * *"], 2, "error[SCHEDULE_INVALID]"],
    [["create", "hourly", "--cron", "* * * * *", "--interval", "1h"], 2, "a schedule is one of"],
    [["pause", "hourly"], 2, "etl/hourly has no schedule."],
    [["pause", "nightly", "dialy"], 3, "Did you mean `daily`?"],
    [["preview"], 2, "name a deployment, or say when"],
    [["update", "nightly"], 2, "no option says what is to change"],
    [["update", "nightly", "--day-and"], 2, "--day-and belongs to --cron"],
    [["update", "nightly", "-z", "UTC"], 2, "--timezone belongs to"],
  ])("%j is refused", async (args, code, text) => {
    const ended = await refused("deployment", "schedule", ...args);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(text);
  });
});

describe("flow", () => {
  test("ls and inspect", async () => {
    expect(await stdout("flow", "ls")).toMatch(/^etl +2 .*$/m);
    expect(await ledger.json("flow", "inspect", "etl")).toMatchObject({
      name: "etl",
      deployments: [{ name: "nightly" }, { name: "hourly" }],
      runCounts: { SCHEDULED: 3 },
    });
    expect(await stdout("flow", "inspect", "etl")).toMatch(/^Runs +3 scheduled$/m);
  });

  test("delete says what goes, and takes all of it", async () => {
    expect(await stdout("flow", "delete", "etl", "--dry-run")).toBe(
      "Would delete flow etl with 2 deployments and 3 flow runs.\n",
    );
    expect((await refused("flow", "delete", "etl", "--yes")).stderr).toContain("3 runs of etl have not ended");
    expect(await stdout("deployment", "delete", "--all", "--dry-run")).toBe(
      "Would delete 2 deployments with 1 schedule and 3 runs to come.\n",
    );
    expect((await refused("deployment", "delete", "nightly")).stderr).toContain("fix: Add --yes.");
    expect(await stdout("flow", "delete", "etl", "--yes", "--force")).toMatch(/^Deleted flow etl/);
    expect(await stdout("flow", "ls", "--name", "etl")).toBe("No flow matches.\n");
    expect(await ledger.json("deployment", "ls")).toEqual([]);
  });
});

test("deploying a file of deployments says how it is given", async () => {
  const refusal = await refused("deploy", "ops/millrace.yaml", "--all");
  expect(refusal.code).toBe(2);
  expect(refusal.stderr).toContain("ops/millrace.yaml is no file of a flow");
  expect(refusal.stderr).toContain("`millrace deploy --file ops/millrace.yaml --all`");
});

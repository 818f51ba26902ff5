import { beforeAll, describe, expect, test } from "vitest";
import { createLastingLedger } from "./millrace.ts";

const ledger = createLastingLedger();

interface FlowRunJson {
  readonly id: string;
  readonly name: string;
  readonly flowName: string;
}

let run: FlowRunJson;

beforeAll(async () => {
  await ledger.run(["run", "failing.ts", "--quiet"]);
  await ledger.run(["run", "orders.ts:orders", "--quiet", "-t", "nightly", "-p", "note=once"]);
  [run] = (await ledger.json<readonly [FlowRunJson]>("flow-run", "ls", "--flow", "orders")) as [FlowRunJson];
});

const stdout = async (...args: readonly string[]): Promise<string> => {
  const ended = await ledger.run(args);
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  return ended.stdout;
};

describe("flow-run ls", () => {
  test("lists roots, the newest first, and subflows when asked", async () => {
    const text = await stdout("flow-run", "ls");
    expect(text.split("\n")[0]).toMatch(/^ID +FLOW +NAME +STATE +STARTED +TOOK$/);
    expect(text.split("\n").slice(1, -1)).toEqual([
      expect.stringMatching(/^[0-9a-f-]{13} +orders +[a-z-]+ +✓ Completed +(now|\d+s ago) +\S+$/),
      expect.stringMatching(/^[0-9a-f-]{13} +failing +[a-z-]+ +✗ Failed +(now|\d+s ago) +\S+$/),
    ]);
    expect(await ledger.json("flow-run", "ls", "--all")).toHaveLength(3);
  });

  test.each([
    [["--state", "FAILED"], ["failing"]],
    [
      ["--state", "Completed,Failed"],
      ["orders", "failing"],
    ],
    [["--flow", "orders", "--flow", "failing", "-n", "1"], ["orders"]],
    [["--tag", "nightly"], ["orders"]],
    [
      ["--since", "1h"],
      ["orders", "failing"],
    ],
    [["--since", "2100-01-01"], []],
  ])("narrows by %s", async (args, flowNames) => {
    const found = await ledger.json<readonly FlowRunJson[]>("flow-run", "ls", ...args);
    expect(found.map(({ flowName }) => flowName)).toEqual(flowNames);
  });

  test("says what to do when there is nothing", async () => {
    expect(await stdout("flow-run", "ls", "--flow", "nothing")).toContain("No flow run matches.");
  });

  test.each([
    [["ls", "--state", "FALED"], "did you mean FAILED?"],
    [["ls", "--state", "completed,suspnded"], "did you mean Suspended?"],
    [["ls", "--state", "bogus"], "types are SCHEDULED, PENDING, RUNNING"],
    [["bulk", "cancel", "--state", "RUNING"], "did you mean RUNNING?"],
  ])("refuses a state that there is not: %s", async (args, says) => {
    const { code, stdout: printed, stderr } = await ledger.run(["flow-run", ...args]);
    expect({ code, printed }).toEqual({ code: 2, printed: "" });
    expect(stderr).toContain(says);
  });

  test("takes a state of the product's that no run is in", async () => {
    expect(await ledger.json("flow-run", "ls", "--state", "Suspended")).toEqual([]);
    expect(await ledger.json("flow-run", "ls", "--state", "crashed")).toEqual([]);
  });

  test("times are shown as asked", async () => {
    expect(await stdout("flow-run", "ls", "--utc")).toMatch(/ \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ /);
    expect(await stdout("flow-run", "ls", "--absolute")).toMatch(/ \d{4}-\d\d-\d\d \d\d:\d\d:\d\d /);
  });
});

test("a run is found by the start of its id, by its name, and as the latest", async () => {
  const found = async (reference: string) => (await ledger.json<FlowRunJson>("flow-run", "inspect", reference)).id;
  expect(await found(run.id)).toBe(run.id);
  expect(await found(run.id.slice(0, 13).toUpperCase())).toBe(run.id);
  expect(await found(run.name)).toBe(run.id);
  expect(await found("latest")).toBe(run.id);
  const ambiguous = await ledger.run(["flow-run", "inspect", run.id.slice(0, 3)]);
  expect(ambiguous.stderr).toContain("error[RUN_ID_AMBIGUOUS]");
  expect(ambiguous.code).toBe(1);
  const unknown = await ledger.run(["flow-run", "inspect", "no-such-run"]);
  expect(unknown.code).toBe(3);
});

test("flow-run inspect shows facts, tasks, the result, and what to do next", async () => {
  const text = await stdout("flow-run", "inspect", "latest", "--result");
  expect(text).toMatch(/^Flow run +orders · /m);
  expect(text).toMatch(/^Parameters +\{"note":"once"\}$/m);
  expect(text).toMatch(/^Where +.*Node v24/m);
  expect(text).toMatch(/✓ load +2\/2/);
  expect(text).toMatch(/✓ part +1\/1/);
  expect(text).toContain("{ total: 18, note: 'once' }");
  expect(text).toMatch(/millrace flow-run explain [0-9a-f-]{13}/);

  const json = await ledger.json<{ taskCounts: readonly { taskName: string }[]; value: unknown }>(
    "flow-run",
    "inspect",
    "latest",
    "--result",
  );
  expect(json.value).toEqual({ total: 18, note: "once" });
  expect(json.taskCounts.map(({ taskName }) => taskName).sort()).toEqual(["load", "part", "total"]);
});

test("flow-run inspect of a failure has the error, its place, and the command to retry", async () => {
  const [failed] = (await ledger.json<readonly FlowRunJson[]>("flow-run", "ls", "--flow", "failing")) as [FlowRunJson];
  const text = await stdout("flow-run", "inspect", failed.id);
  expect(text).toContain("TypeError: the shelf is full");
  expect(text).toMatch(/failing\.ts:\d+:\d+/);
  expect(text).toContain("millrace flow-run retry");
});

test("flow-run logs prints lines of the run and its subflows, narrowed as asked", async () => {
  const text = await stdout("flow-run", "logs", "latest");
  expect(text).toMatch(/^\d\d:\d\d:\d\d\.\d{3} warn {2}\[orders\] two\n {4}lines$/m);
  expect(text).toContain("[orders/load north] loading north");
  expect(text).toContain("[part/load overseas] loading overseas");
  expect((await stdout("flow-run", "logs", "latest", "--level", "warn")).split("\n")).toHaveLength(3);
  expect(await stdout("flow-run", "logs", "latest", "--contains", "NORTH")).toMatch(/^[^\n]*loading north\n$/);
  expect((await stdout("flow-run", "logs", "latest", "--task", "load")).split("\n")).toHaveLength(4);
  expect((await stdout("flow-run", "logs", "latest", "--tail", "1")).split("\n")).toHaveLength(2);
  const json = await ledger.json<readonly { message: string }[]>("flow-run", "logs", "latest", "--tail", "1");
  expect(json.map(({ message }) => message)).toEqual(["loading overseas"]);
});

test("flow-run explain says why each task ran", async () => {
  const text = await stdout("flow-run", "explain", "latest");
  expect(text).toMatch(/^load north +ran .*it had not run yet/m);
  expect(text).toMatch(/^total\(\[.*\]\) +ran .*the cache had no result/m);
  expect(text).toMatch(/^part.* +ran .*subflow run [0-9a-f-]{13}/m);
});

test("task-run ls, inspect and logs", async () => {
  expect(await stdout("task-run", "ls")).toMatch(/^[0-9a-f-]{13} +load: load north +✓ Completed +1 .*north/m);
  const [task] = (await ledger.json<readonly { id: string }[]>("task-run", "ls", "latest", "--task", "load")) as [
    { id: string },
  ];
  const text = await stdout("task-run", "inspect", task.id.slice(0, 10), "--result");
  expect(text).toMatch(/^Task +load$/m);
  expect(text).toMatch(/^Why +ran: it had not run yet/m);
  expect(text).toMatch(/States\n.*○ Pending\n.*● Running\n.*✓ Completed/);
  expect(text).toMatch(/Result\n5\n$/);
  expect(await stdout("task-run", "logs", task.id)).toContain("loading north");
});

test("artifact ls, inspect, versions and delete", async () => {
  await ledger.run(["run", "orders.ts:orders", "--quiet"]);
  expect(await stdout("artifact", "ls")).toMatch(/orders-by-region +table +Orders/);
  expect(await stdout("artifact", "inspect", "orders-by-region")).toMatch(/region +orders\nnorth +5\n$/);
  expect(await stdout("artifact", "inspect", "orders-report")).toContain("# Orders\n\nAll of them");
  expect(await ledger.json("artifact", "versions", "orders-report")).toHaveLength(2);
  expect(await stdout("artifact", "delete", "orders-report", "--versions", "--yes")).toBe("Deleted 2 artifacts.\n");
  expect((await ledger.run(["artifact", "inspect", "orders-report"])).code).toBe(3);
});

test("event ls gives the newest events", async () => {
  const events = await ledger.json<readonly { name: string; seq: number }[]>("event", "ls", "-n", "3");
  expect(events).toHaveLength(3);
  expect(events.at(-1)?.name).toBe("millrace.artifact-collection.deleted");
  const after = await ledger.json<readonly { seq: number }[]>("event", "ls", "--after", String(events[0]?.seq));
  expect(after.map(({ seq }) => seq)).toEqual(events.slice(1).map(({ seq }) => seq));
  expect(await stdout("event", "ls", "--run", run.id)).toContain("millrace.task-run.Completed");
});

test("flow-run delete says what goes, and asks", async () => {
  expect(await stdout("flow-run", "delete", run.id, "--dry-run")).toMatch(/^Would delete 2 flow runs with 5 task runs/);
  const asked = await ledger.run(["flow-run", "delete", run.id]);
  expect(asked.code).toBe(2);
  expect(asked.stderr).toContain("fix: Add --yes.");
  expect(await stdout("flow-run", "delete", run.id, "--yes")).toMatch(/^Deleted 2 flow runs/);
  expect((await ledger.run(["flow-run", "inspect", run.id])).code).toBe(3);
});

test("a reader that goes away ends the output, and is no error", async () => {
  const { child, ended } = ledger.start(["event", "ls", "--after", "0", "-n", "1000"]);
  child.stdout?.destroy();
  expect(await ended).toMatchObject({ code: 0, stderr: "" });
});

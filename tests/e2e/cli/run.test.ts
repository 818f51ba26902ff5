import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLedger } from "./millrace.ts";

interface RunJson {
  readonly run: {
    readonly flowName: string;
    readonly name: string;
    readonly tags: readonly string[];
    readonly state: { readonly type: string };
  };
  readonly result: unknown;
}

test("the result is printed on the standard output, the run is shown on the standard error", async () => {
  const { code, stdout, stderr } = await createLedger().run(["run", "orders.ts:orders"]);
  expect(stdout).toBe("printed by the flow\n{ total: 18, note: null }\n");
  expect(stderr).toMatch(/info {2}\[orders\] [a-z]+-[a-z]+ started \([0-9a-f-]{13}\)/);
  expect(stderr).toContain("[orders/load] loading north");
  expect(stderr).toMatch(/^✓ Completed in .* {2}orders · [a-z]+-[a-z]+$/m);
  expect(stderr).toMatch(/millrace flow-run inspect [0-9a-f-]{13}/);
  expect(code).toBe(0);
});

test("parameters are JSON where they can be read as JSON, else texts; names and tags are kept", async () => {
  const ledger = createLedger();
  const file = join(ledger.home, "parameters.json");
  writeFileSync(file, '{"regions":["a","bb"],"note":"of the file"}');
  const run = (...args: readonly string[]) => ledger.json<RunJson>("run", "orders.ts:orders", "--quiet", ...args);

  expect(
    (await run("-p", 'regions=["abc"]', "-p", "note=2026-11-22", "--name", "mine", "-t", "x", "--tag=y")).run,
  ).toMatchObject({
    flowName: "orders",
    name: "mine",
    tags: ["x", "y"],
    state: { type: "COMPLETED" },
  });
  expect((await run("-p", "note=2026-11-22")).result).toMatchObject({ note: "2026-11-22" });
  expect((await run("-p", "note=7")).result).toMatchObject({ note: 7 });
  expect((await run("-p", 'note="7"')).result).toMatchObject({ note: "7" });
  expect((await run("--params", `@${file}`)).result).toEqual({ total: 11, note: "of the file" });
  expect((await run("--params", `@${file}`, "-p", "note=mine")).result).toEqual({ total: 11, note: "mine" });
});

test("with --json what the flow prints is on the standard error, so that the standard output is JSON", async () => {
  const { stdout, stderr } = await createLedger().run(["run", "orders.ts:orders", "--json"]);
  expect(Object.keys(JSON.parse(stdout) as object)).toEqual(["run", "result"]);
  expect(stderr).toContain("printed by the flow");
});

test("a parameter that the flow's schema leaves out is told, and one that is wrong is named", async () => {
  const ledger = createLedger();
  const { code, stdout, stderr } = await ledger.run(["run", "typed.ts", "-p", "n=4", "-p", "limt=3"]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "8\n" });
  expect(stderr).toContain("Flow `typed` has no parameter `limt` in its schema. Did you mean `limit`?");
  expect((await ledger.run(["run", "typed.ts", "-p", "n=4", "-p", "limit=3"])).stderr).not.toContain("no parameter");
  const wrong = await ledger.run(["run", "typed.ts", "-p", "n=four"]);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toMatch(/PARAMETERS_INVALID.*n: Invalid input/s);
});

test("parameters are read from the standard input", async () => {
  const { stdout } = await createLedger().run(["run", "orders.ts:orders", "-q", "--params", "@-"], {
    input: '{"note":"piped"}',
  });
  expect(stdout).toContain("note: 'piped'");
});

test("a run that fails ends with exit code 1, its error, and the command to start again", async () => {
  const { code, stdout, stderr } = await createLedger().run(["run", "failing.ts"]);
  expect(code).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toContain("[failing/publish] Failed: TypeError: the shelf is full (failing.ts:");
  expect(stderr).toMatch(/^ {2}TypeError: the shelf is full$/m);
  expect(stderr).toMatch(/millrace flow-run retry [0-9a-f-]{13}/);
});

test("a run that fails quietly says why, and how to look further", async () => {
  const { code, stderr } = await createLedger().run(["run", "failing.ts", "--quiet"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: the shelf is full$/m);
  expect(stderr).toMatch(/failing · [a-z-]+: ✗ Failed; millrace flow-run inspect [0-9a-f-]{13}/);
});

test("a dry run calls no task and records nothing", async () => {
  const ledger = createLedger();
  const { code, stdout } = await ledger.run(["run", "orders.ts:orders", "--dry-run"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/load-1 +task/);
  expect(stdout).toMatch(/total-1 +task +load-1, load-2, part-1/);
  expect(stdout).toContain("orders would make 4 calls. Nothing has run.");
  expect(await ledger.json("flow-run", "ls", "--all")).toEqual([]);
});

test("a dry run says what a flow and its tasks say of themselves", async () => {
  const { stdout } = await createLedger().run(["run", "typed.ts", "-p", "n=4", "--dry-run"]);
  expect(stdout).toMatch(/^Doubles what it is given\n/);
  expect(stdout).toMatch(/^CALL +KIND +TAKES +INPUTS +WHAT IT IS$/m);
  expect(stdout).toMatch(/^twice-1 +task +4 +Doubles a number$/m);
});

test.each([
  { args: ["run", "nothing.ts"], code: 2, says: "error[MODULE_NOT_IMPORTABLE]" },
  { args: ["run", "."], code: 2, says: "fix: Name the file that has the flow: failing.ts." },
  { args: ["run", "orders.ts:nothing"], code: 3, says: "error[FLOW_NOT_FOUND]" },
  { args: ["run", "orders.ts"], code: 3, says: "error[FLOW_NOT_FOUND]" },
  { args: ["run", "orders.ts:orders", "-p", "note"], code: 2, says: "--param takes NAME=VALUE, not `note`" },
  { args: ["run", "orders.ts:orders", "--params", "{"], code: 2, says: "--params is not JSON" },
  { args: ["run"], code: 2, says: "<file[:export]> is missing" },
  { args: ["run", "orders.ts:orders", "--dry"], code: 2, says: "did you mean --dry-run?" },
])("$args is refused before anything runs", async ({ args, code, says }) => {
  const ledger = createLedger();
  const ended = await ledger.run(args);
  expect(ended.stderr).toContain(says);
  expect(ended.stderr).toMatch(/^(error\[|fix: )/m);
  expect(ended.code).toBe(code);
  expect(await ledger.json("flow-run", "ls")).toEqual([]);
});

test("a reader of the view that goes away does not end the run", async () => {
  const ledger = createLedger();
  const { child, ended } = ledger.start(["run", "orders.ts:orders"]);
  child.stderr?.destroy();
  expect(await ended).toMatchObject({ code: 0, stdout: "printed by the flow\n{ total: 18, note: null }\n" });
});

// What a person sees on a terminal of 80 columns. `script` of util-linux makes the terminal.
import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { displayWidth, stripAnsi } from "../../../packages/millrace/src/kit/text.ts";
import { createScreen, type Screen } from "../../../packages/millrace/src/cli/live/screen.testsuite.ts";
import { createLedger, flows, type Ledger } from "./millrace.ts";

const main = join(import.meta.dirname, "../../../packages/millrace/src/cli/main.ts");
const hasScript = /util-linux/.test(tryRun("script", "--version"));

function tryRun(program: string, ...args: readonly string[]): string {
  try {
    return execFileSync(program, args, { encoding: "utf8" });
  } catch {
    return "";
  }
}

interface Shown {
  readonly code: number | null;
  /** As it was written, with colours. */
  readonly text: string;
  readonly screen: Screen;
}

async function onTerminal(ledger: Ledger, words: readonly string[], env: Record<string, string> = {}): Promise<Shown> {
  const command = [process.execPath, "--conditions=millrace-source", main, ...words]
    .map((word) => `'${word}'`)
    .join(" ");
  const child = spawn("script", ["-qec", `stty cols 80 rows 24; ${command}`, "/dev/null"], {
    cwd: flows,
    env: {
      ...process.env,
      MILLRACE_HOME: ledger.home,
      TERM: "xterm-256color",
      NO_COLOR: "",
      FORCE_COLOR: undefined,
      // Node takes the terminal of a CI machine for one without colours.
      CI: undefined,
      ...env,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const screen = createScreen({ columns: 80, rows: 24 });
  screen.write(text.replaceAll("\r\n", "\n"));
  return { code, text, screen };
}

// oxlint-disable-next-line no-control-regex -- what sets a colour
const hasColor = (text: string): boolean => /\u001b\[3\dm/.test(text);

test.skipIf(!hasScript)("a run is a tree with colours; its result and its own output are beside it", async () => {
  const { code, text, screen } = await onTerminal(createLedger(), ["run", "orders.ts:orders"]);
  const lines = screen.lines();
  expect(lines).toContain("printed by the flow");
  expect(lines.find((line) => line.startsWith("✓ orders · "))).toMatch(/Completed {2}\S+$/);
  expect(lines.find((line) => /^ {2}✓ load /.test(line))).toMatch(/2\/2 {2}━{12} +\S+$/);
  expect(lines.find((line) => /^ {4}✓ load /.test(line))).toMatch(/1\/1 +\S+$/);
  expect(lines.filter((line) => line !== "").at(-1)).toBe("{ total: 18, note: null }");
  expect(lines.every((line) => displayWidth(line) <= 80)).toBe(true);
  expect(hasColor(text)).toBe(true);
  expect(code).toBe(0);
});

test.skipIf(!hasScript)("NO_COLOR and --color=never take the colours away, MILLRACE_LIVE=lines the tree", async () => {
  const ledger = createLedger();
  const args = ["run", "orders.ts:orders"];
  expect(hasColor((await onTerminal(ledger, args, { NO_COLOR: "1" })).text)).toBe(false);
  expect(hasColor((await onTerminal(ledger, [...args, "--color=never"])).text)).toBe(false);
  const { screen } = await onTerminal(ledger, args, { MILLRACE_LIVE: "lines" });
  expect(screen.text()).toMatch(/info {2}\[orders\/load\] load north: Completed in/);
});

test.skipIf(!hasScript)("no table is wider than the terminal, however long what it shows", async () => {
  const ledger = createLedger();
  const long = "a very long name of something that somebody wrote down ".repeat(4);
  await ledger.run(["run", "orders.ts:orders", "-q", "--name", long, "-t", "x".repeat(100), "-p", `note=${long}`]);
  await ledger.run(["variable", "set", "long", long, "--tag", "t".repeat(100)]);
  for (const words of [
    ["flow-run", "ls"],
    ["flow-run", "ls", "--utc", "--all"],
    ["flow-run", "inspect", "latest"],
    ["flow-run", "explain", "latest"],
    ["task-run", "ls"],
    ["artifact", "ls"],
    ["event", "ls"],
    ["variable", "ls"],
    ["config", "view", "--explain"],
    ["errors", "explain"],
    ["doctor"],
    ["run", "orders.ts:orders", "--dry-run"],
  ]) {
    const { text } = await onTerminal(ledger, words);
    const lines = text.split("\r\n");
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.filter((line) => displayWidth(stripAnsi(line)) > 80)).toEqual([]);
  }
});

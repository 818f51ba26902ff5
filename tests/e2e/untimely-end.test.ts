/** Processes that end while a run is under way, other than by a signal: the ledger knows why. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runNode } from "./run-node.ts";
import { postgresSkipped, startPostgresSchema } from "./server/postgres-schema.ts";

const folder = import.meta.dirname;
const ending = join(folder, "fixtures/ending.ts");
const cli = join(folder, "../../packages/millrace/src/cli/main.ts");

interface RunJson {
  readonly flowName: string;
  readonly state: { readonly type: string; readonly message: string };
  readonly error: { readonly code: string | null; readonly name: string; readonly message: string };
}

async function withLedger<T>(database: string | null, body: (env: Record<string, string>) => Promise<T>): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), "millrace-untimely-"));
  try {
    return await body({ MILLRACE_HOME: home, ...(database === null ? {} : { MILLRACE_DATABASE: database }) });
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function list(env: Record<string, string>, ...words: readonly string[]): Promise<readonly RunJson[]> {
  return JSON.parse((await runNode([cli, ...words, "--json"], env)).stdout);
}

/** Runs the file, or the flow by the command, and tells how it ended and what the ledger has. */
async function end(
  args: readonly string[],
  database: string | null = null,
): Promise<{ exitCode: number | null; stderr: string; runs: readonly RunJson[]; tasks: readonly RunJson[] }> {
  return withLedger(database, async (env) => {
    const { exitCode, stderr } = await runNode(args, env);
    const isAlone = args.includes("alone");
    return {
      exitCode,
      stderr,
      runs: isAlone ? [] : await list(env, "flow-run", "ls", "--all"),
      tasks: await list(env, "task-run", "ls", ...(isAlone ? ["--standalone"] : [])),
    };
  });
}

const crashed = (error: Record<string, unknown>): unknown =>
  ["ending", "inner"].map((flowName) =>
    expect.objectContaining({
      flowName,
      state: expect.objectContaining({ type: "CRASHED" }),
      error: expect.objectContaining(error),
    }),
  );

describe("a process that ends before its runs do", () => {
  test.each([[[]], [["void"]]])("because nothing is left to do: they are stalled %j", async (how) => {
    const { exitCode, stderr, runs, tasks } = await end([ending, "stuck", ...how]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("RUN_STALLED");
    expect(runs).toEqual(expect.arrayContaining(crashed({ code: "RUN_STALLED" }) as unknown[]));
    expect(runs[0]?.state.message).toContain("it waits for `stuck`");
    expect(tasks.map(({ state }) => state.type)).toEqual(["PENDING"]);
  });

  test("by process.exit(): they say so, and the code is the program's", async () => {
    const { exitCode, runs } = await end([ending, "exit"]);
    expect(exitCode).toBe(7);
    expect(runs).toEqual(expect.arrayContaining(crashed({ code: "PROCESS_EXITED" }) as unknown[]));
    expect(runs[0]?.state.message).toContain("process.exit(7)");
  });

  test("by a rejection that nobody handles, and by an error in a timer: they have the error", async () => {
    const floating = await end([ending, "floating"]);
    expect(floating.exitCode).toBe(1);
    expect(floating.runs).toEqual(expect.arrayContaining(crashed({ name: "TypeError" }) as unknown[]));
    expect((await end([ending, "thrown"])).runs).toEqual(
      expect.arrayContaining(crashed({ name: "RangeError", message: "from a timer" }) as unknown[]),
    );
  });

  test.each([
    ["exit", 7, "PROCESS_EXITED"],
    ["interrupt", 1, "INTERRUPTED"],
  ])("a task outside any flow ends with it (%s)", async (how, expected, code) => {
    const { exitCode, tasks } = await end([ending, how, "alone"]);
    expect(exitCode).toBe(expected);
    expect(tasks).toEqual([
      expect.objectContaining({
        state: expect.objectContaining({ type: "CRASHED" }),
        error: expect.objectContaining({ code }),
      }),
    ]);
  });

  test.skipIf(postgresSkipped !== undefined)("on PostgreSQL too", async () => {
    const schema = await startPostgresSchema();
    try {
      const { exitCode, runs } = await end([ending, "exit"], schema.url);
      expect(exitCode).toBe(7);
      expect(runs).toEqual(expect.arrayContaining(crashed({ code: "PROCESS_EXITED" }) as unknown[]));
    } finally {
      await schema.drop();
    }
  });
});

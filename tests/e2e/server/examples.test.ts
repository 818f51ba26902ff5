/** Examples as they are, with MILLRACE_API_URL: they print and record what they do with a ledger of their own. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createLedger, type Ledger } from "../cli/millrace.ts";
import { postgresSkipped } from "./postgres-schema.ts";
import { createRemoteLedger, databases, startServerOn } from "./server.ts";

const examples = join(import.meta.dirname, "../../../examples");

const files = ["etl", "retries", "transactions", "caching", "subflows", "artifacts", "secrets"] as const;

interface TaskRunJson {
  readonly taskName: string;
  readonly state: { readonly name: string };
  readonly reason: string | null;
}

interface Seen {
  readonly code: number | null;
  readonly runs: readonly string[];
  readonly tasks: readonly string[];
  readonly artifacts: readonly string[];
}

/** Runs the example, and looks at what was recorded through the command line. */
async function runIn(ledger: Ledger, file: string): Promise<Seen> {
  const { code } = await ledger.startFile(join(examples, `${file}.ts`), { cwd: examples }).ended;
  const runs = await ledger.json<readonly { id: string; flowName: string; state: { name: string } }[]>(
    "flow-run",
    "ls",
  );
  const tasks: TaskRunJson[] = [];
  for (const { id } of runs) tasks.push(...(await ledger.json<readonly TaskRunJson[]>("task-run", "ls", id)));
  const artifacts = await ledger.json<readonly { kind: string; key: string | null }[]>("artifact", "ls");
  return {
    code,
    runs: runs.map(({ flowName, state }) => `${flowName} ${state.name}`).sort(),
    tasks: tasks.map(({ taskName, state, reason }) => `${taskName} ${state.name} ${reason}`).sort(),
    artifacts: artifacts.map(({ kind, key }) => `${kind} ${key}`).sort(),
  };
}

describe.each(databases)("examples on a server over %s", (database) => {
  const isSkipped = database === "PostgreSQL" && postgresSkipped !== undefined;

  test.skipIf(isSkipped).each(files)("%s", async (file) => {
    const server = await startServerOn(database);
    const remote = createRemoteLedger(server.url);
    const there = await runIn(remote, file);
    const here = await runIn(createLedger(), file);
    expect(there).toEqual(here);
    expect(there.tasks.length).toBeGreaterThan(0);
    expect(existsSync(join(remote.home, "ledger.db"))).toBe(false);
  });
});

/** kill -9 of what runs flows, and of what records them. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createLedger, until } from "../cli/millrace.ts";
import { postgresSkipped } from "./postgres-schema.ts";
import { createRemoteLedger, databases, startServer, startServerOn } from "./server.ts";

const fixtures = join(import.meta.dirname, "fixtures");

const linesOf = (file: string): readonly string[] =>
  existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];

interface FlowRunJson {
  readonly id: string;
  readonly state: { readonly type: string };
  readonly runCount: number;
}

describe.each(databases)("a flow that is killed, on a server over %s", (database) => {
  const isSkipped = database === "PostgreSQL" && postgresSkipped !== undefined;

  test.skipIf(isSkipped)("is seen to crash, and goes on where it was", async () => {
    const server = await startServerOn(database);
    const remote = createRemoteLedger(server.url);
    const env = { DIARY: join(remote.home, "diary"), STEP_MS: "20" };
    const { child, ended } = remote.startFile(join(fixtures, "steady.ts"), { env });
    await until(() => linesOf(env.DIARY).includes("step 10"));
    child.kill("SIGKILL");
    await ended;

    const [run] = await remote.json<readonly FlowRunJson[]>("flow-run", "ls");
    expect(run?.state.type).toBe("CRASHED");
    const resumed = await remote.run(["flow-run", "resume", "latest"], { env: { ...env, STEP_MS: "0" } });
    expect(resumed).toMatchObject({ code: 0, stdout: "820\n" });
    const [after] = await remote.json<readonly FlowRunJson[]>("flow-run", "ls");
    expect(after).toMatchObject({ id: run?.id, state: { type: "COMPLETED" }, runCount: 2 });
    // Only the step under way at the kill may have run twice, and the one whose end was being recorded.
    const lines = linesOf(env.DIARY);
    const twice = lines.filter((line, index) => lines.indexOf(line) !== index);
    expect(new Set(lines).size).toBe(40);
    expect(twice.length).toBeLessThanOrEqual(2);
  });
});

describe("a server that is killed", () => {
  test("and started again is waited for: the flow completes, each step ran once, nothing is lost", async () => {
    const ledger = createLedger();
    const first = await startServer(ledger);
    const remote = createRemoteLedger(first.url);
    const env = { DIARY: join(remote.home, "diary"), STEP_MS: "20" };
    const { ended } = remote.startFile(join(fixtures, "steady.ts"), { env });
    await until(() => linesOf(env.DIARY).includes("step 10"));
    await first.end("SIGKILL");
    await startServer(ledger, { port: Number(new URL(first.url).port) });

    expect(await ended).toMatchObject({ code: 0, stdout: "sum 820\n" });
    expect(linesOf(env.DIARY)).toEqual(Array.from({ length: 40 }, (_, index) => `step ${index + 1}`));
    const [run] = await remote.json<readonly FlowRunJson[]>("flow-run", "ls");
    expect(run).toMatchObject({ state: { type: "COMPLETED" }, runCount: 1 });
    const tasks = await remote.json<readonly { state: { type: string } }[]>("task-run", "ls", run?.id ?? "");
    expect(tasks.map(({ state }) => state.type)).toEqual(Array(40).fill("COMPLETED"));
    const logs = await remote.json<readonly { message: string }[]>("flow-run", "logs", run?.id ?? "");
    for (let n = 1; n <= 40; n++) expect(logs.some(({ message }) => message === `step ${n} runs`)).toBe(true);
    expect(await ledger.json<readonly FlowRunJson[]>("flow-run", "ls")).toHaveLength(1);
  });

  test("in good order finishes first what it was asked, and says nothing wrong", async () => {
    const ledger = createLedger();
    const server = await startServer(ledger);
    const answers = Array.from({ length: 50 }, () => fetch(`${server.url}/v1/secrets`).then((answer) => answer.status));
    expect(new Set(await Promise.all(answers))).toEqual(new Set([200]));
    expect(await server.end("SIGTERM")).toMatchObject({ code: 0, stderr: "" });
    await expect(fetch(`${server.url}/v1/health`)).rejects.toThrow("fetch failed");
  });
});

/** `flow.serve()` and `serve()`: deployments whose runs are executed by the process that serves them. */

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { until } from "../cli/millrace.ts";
import { postgresSkipped } from "../server/postgres-schema.ts";
import { linesOf, openPlace, places, startServing, type Submitted, submit } from "./serving.ts";

interface FlowRunJson {
  readonly id: string;
  readonly flowName: string;
  readonly name: string;
  readonly state: { readonly type: string; readonly name: string; readonly message?: string };
  readonly parentRunId: string | null;
  readonly expectedAt: number;
  readonly startedAt: number;
}

describe.each(places)("serving over %s", (place) => {
  const isSkipped = place.endsWith("PostgreSQL") && postgresSkipped !== undefined;

  test.skipIf(isSkipped)(
    "a schedule runs again and again, each time in a process of its own, until it stops",
    async () => {
      const { ledger, env: where } = await openPlace(place);
      const env = { ...where, DIARY: join(ledger.home, "diary"), EVERY: "1s" };
      const serving = await startServing(ledger, { file: "served.ts", env });
      await until(() => linesOf(env.DIARY).length >= 2);
      serving.child.kill("SIGTERM");
      expect(await serving.ended).toMatchObject({ code: 0, stderr: expect.stringContaining("Taking no more runs") });

      const pids = linesOf(env.DIARY).map((line) => /in (\d+)/.exec(line)?.[1]);
      expect(new Set(pids).size).toBe(pids.length);
      expect(pids).not.toContain(String(serving.child.pid));
      const { stdout } = await ledger.run(["flow-run", "ls", "--json"], { env: where });
      const runs = (JSON.parse(stdout) as readonly FlowRunJson[]).filter(({ state }) => state.type !== "SCHEDULED");
      expect(runs.map(({ flowName, state }) => [flowName, state.type])).toEqual(
        pids.map(() => ["counted", "COMPLETED"]),
      );
      // It was handed to its process before, and waited there for its time.
      expect(runs.map(({ startedAt, expectedAt }) => startedAt >= expectedAt)).toEqual(runs.map(() => true));
    },
  );

  test.skipIf(isSkipped)("a flow of another process asks for a run, and is given its result", async () => {
    const { ledger, env: where } = await openPlace(place);
    const env = { ...where, DIARY: join(ledger.home, "diary") };
    await startServing(ledger, { file: "served.ts", env });
    const done = await submit(ledger, { env, name: "counted/often", parameters: { x: 5 } });
    expect(done).toMatchObject({ state: { type: "COMPLETED" }, result: 10 });

    const { stdout } = await ledger.run(["flow-run", "inspect", done.id, "--json"], { env: where });
    const run = JSON.parse(stdout) as FlowRunJson;
    expect(linesOf(env.DIARY)).toEqual([expect.stringMatching(`^counted 5 in \\d+ for ${run.name}$`)]);
    expect(run.parentRunId).not.toBeNull();
  });
});

test("what a schema does not accept is refused before there is a run", async () => {
  const { ledger, env: where } = await openPlace("its own SQLite");
  const env = { ...where, DIARY: join(ledger.home, "diary") };
  await startServing(ledger, { file: "served.ts", env });
  const refused = await submit(ledger, { env, name: "counted/often", parameters: { x: { no: "number" } } });
  expect(refused).toMatchObject({ code: "PARAMETERS_INVALID" });
  const unknown = await submit(ledger, { env, name: "counted/oftener" });
  expect(unknown).toMatchObject({ code: "NOT_FOUND" });
  expect(linesOf(env.DIARY)).toEqual([]);
});

test("the same key is the same run", async () => {
  const { ledger, env: where } = await openPlace("its own SQLite");
  const env = { ...where, DIARY: join(ledger.home, "diary") };
  await startServing(ledger, { file: "served.ts", env });
  const request = { env, name: "counted/often", options: { idempotencyKey: "today" } };
  const [first, second] = [await submit(ledger, request), await submit(ledger, request)];
  expect(second.id).toBe(first.id);
  expect(linesOf(env.DIARY)).toHaveLength(1);
});

test("no more runs at once than the limit says", async () => {
  const { ledger, env: where } = await openPlace("its own SQLite");
  const env = { ...where, DIARY: join(ledger.home, "diary"), LIMIT: "1" };
  await startServing(ledger, { file: "served.ts", env });
  const request = { env, name: "slow/one-by-one", parameters: { ms: 200 } };
  const ended: readonly Submitted[] = await Promise.all([1, 2, 3].map(() => submit(ledger, request)));
  expect(ended.map(({ state }) => state.type)).toEqual(Array(3).fill("COMPLETED"));
  expect(linesOf(env.DIARY)).toEqual(Array(3).fill(["slow begins", "slow ends"]).flat());
});

test("a run under way is let end when the process is told to stop", async () => {
  const { ledger, env: where } = await openPlace("its own SQLite");
  const env = { ...where, DIARY: join(ledger.home, "diary") };
  const serving = await startServing(ledger, { file: "served.ts", env });
  const submitted = submit(ledger, { env, name: "slow/one-by-one", parameters: { ms: 1000 } });
  await until(() => linesOf(env.DIARY).includes("slow begins"));
  serving.child.kill("SIGINT");
  expect((await serving.ended).code).toBe(0);
  expect((await submitted).state.type).toBe("COMPLETED");
});

test("a file without the guard is told of by the run that cannot begin", async () => {
  const { ledger, env } = await openPlace("its own SQLite");
  await startServing(ledger, { file: "unguarded.ts", env });
  const { state } = await submit(ledger, { env, name: "careless/unguarded" });
  expect(state).toMatchObject({ type: "CRASHED", message: expect.stringMatching(/^FLOW_CALLED_WHILE_IMPORTING: /) });
});

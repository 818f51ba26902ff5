/** `millrace deploy` and `millrace worker start`: runs of a pool, taken by workers. */

import { execFileSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Client, createClient } from "millrace/client";
import { describe, expect, test } from "vitest";
import { type Ledger, until } from "../cli/millrace.ts";
import { linesOf } from "../serve/serving.ts";
import { postgresSkipped } from "../server/postgres-schema.ts";
import { createRemoteLedger, type Database, databases, startServerOn } from "../server/server.ts";
import { ask, endOf, makeProject, startWorker } from "./project.ts";

interface Place {
  readonly ledger: Ledger;
  readonly client: Client;
  readonly env: { readonly DIARY: string; readonly MILLRACE_GRACE_MS: string };
  readonly project: string;
}

/** A server with a pool, to which the project's deployments are deployed. */
async function openPlace(database: Database): Promise<Place> {
  const server = await startServerOn(database);
  const ledger = createRemoteLedger(server.url);
  const client = createClient({ url: server.url });
  await client.createWorkPool({ name: "local", type: "process", paused: false });
  const project = makeProject();
  const { code, stderr } = await ledger.run(["deploy", "--all"], { cwd: project });
  if (code !== 0) throw new Error(stderr);
  return { ledger, client, project, env: { DIARY: join(ledger.home, "diary"), MILLRACE_GRACE_MS: "1s" } };
}

describe.each(databases)("workers of a server on %s", (database) => {
  const isSkipped = database === "PostgreSQL" && postgresSkipped !== undefined;

  test.skipIf(isSkipped)(
    "two of one pool run each run once; one that is killed leaves the rest to the other",
    async () => {
      const { ledger, client, env } = await openPlace(database);
      const [first] = await Promise.all([
        startWorker(ledger, { env, words: ["--limit", "2"] }),
        startWorker(ledger, { env, words: ["--limit", "2"] }),
      ]);
      const ids: string[] = [];
      for (let n = 1; n <= 10; n++) ids.push(await ask(client, "quick/nightly", { n }));
      const ends = await Promise.all(ids.map((id) => endOf(client, id)));
      expect(ends.map(({ state }) => state.type)).toEqual(Array(10).fill("COMPLETED"));
      expect(linesOf(env.DIARY).toSorted()).toEqual(ids.map((_, index) => `quick ${index + 1}`).toSorted());
      expect(ends.map(({ runCount, epoch }) => [runCount, epoch])).toEqual(Array(10).fill([1, 1]));

      const workers = (await client.listObjects("worker")).items;
      expect(new Set(workers.map(({ name }) => name)).size).toBe(2);

      first?.child.kill("SIGKILL");
      await first?.ended;
      const after = await endOf(client, await ask(client, "quick/nightly", { n: 11 }));
      expect(after.state.type).toBe("COMPLETED");
    },
  );

  test.skipIf(isSkipped)("a run whose worker is killed is seen to crash, and its process ends too", async () => {
    const { ledger, client, env } = await openPlace(database);
    const worker = await startWorker(ledger, { env });
    const id = await ask(client, "slow/main");
    const pid = await until(() => /slow begins (\d+)/.exec(linesOf(env.DIARY)[0] ?? "")?.[1]);
    worker.child.kill("SIGKILL");
    expect((await endOf(client, id)).state.type).toBe("CRASHED");
    await until(() => !isAlive(Number(pid)));
  });
});

describe("a run under a worker", () => {
  test("that is cancelled may clean up, and says Cancelled after that", async () => {
    const { ledger, client, env } = await openPlace("SQLite");
    await startWorker(ledger, { env });
    const id = await ask(client, "tidy/main");
    await until(() => linesOf(env.DIARY).includes("tidy begins"));
    await client.proposeFlowRunState({ id, state: { type: "CANCELLING", name: "Cancelling" } });
    expect((await endOf(client, id)).state.type).toBe("CANCELLED");
    expect(linesOf(env.DIARY)).toEqual(["tidy begins", "tidy has cleaned up"]);
  });

  test("that hears nothing is killed after the grace, with what it has started", async () => {
    const { ledger, client, env } = await openPlace("SQLite");
    await startWorker(ledger, { env });
    const id = await ask(client, "deaf/main");
    await until(() => linesOf(env.DIARY).includes("tick"));
    await client.proposeFlowRunState({ id, state: { type: "CANCELLING", name: "Cancelling" } });
    const { state } = await endOf(client, id);
    expect(state).toMatchObject({ type: "CANCELLED", message: expect.stringContaining("was killed") });
    const ticks = linesOf(env.DIARY).length;
    await sleep(300);
    expect(linesOf(env.DIARY)).toHaveLength(ticks);
  });

  test("whose process is killed is told as crashed, with how, and can be gone on with", async () => {
    const { ledger, client, env } = await openPlace("SQLite");
    await startWorker(ledger, { env });
    const id = await ask(client, "slow/main");
    const pid = await until(() => /slow begins (\d+)/.exec(linesOf(env.DIARY)[0] ?? "")?.[1]);
    const { entrypoint, extra } = await until(async () => {
      const run = await client.readFlowRun(id);
      return run !== null && run.entrypoint !== null && run;
    });
    expect(entrypoint).toMatchObject({ module: expect.stringMatching(/flows\.ts$/), export: "slow" });
    expect(extra.infrastructurePid).toMatch(new RegExp(`:${pid}$`));
    process.kill(Number(pid), "SIGKILL");
    const { state } = await endOf(client, id);
    expect(state).toMatchObject({ type: "CRASHED", message: "its process was ended by SIGKILL" });
  });

  test("that is run again from a step takes what the old run recorded before it, and runs the rest", async () => {
    const { ledger, client, env } = await openPlace("SQLite");
    await startWorker(ledger, { env });
    const old = await endOf(client, await ask(client, "steps/main", { rows: 3, by: "ada" }));
    expect(linesOf(env.DIARY)).toEqual(["load 3", "clean", "train by ada"]);

    const rerun = { of: old.id, fromStep: "train" };
    const { run } = await client.submitRun({ deployment: "steps/main", rerun, parameters: { by: "eve" } });
    const ended = await endOf(client, run.id);
    expect(ended).toMatchObject({ state: { type: "COMPLETED" }, adopts: { runId: old.id } });
    expect(linesOf(env.DIARY).slice(3)).toEqual(["train by eve"]);
    expect(ended.result).toMatchObject({ data: '"6 by eve"' });
    const records = (await client.listTaskRuns({ flowRunIds: [run.id] })).items;
    expect(records.map(({ taskName }) => taskName).toSorted()).toEqual(["clean", "load", "train"]);

    const again = await ledger.run(["flow-run", "rerun", run.id, "--from", "clean", "--watch"]);
    expect(again.code).toBe(0);
    expect(linesOf(env.DIARY).slice(4)).toEqual(["clean", "train by eve"]);
    expect((await ledger.run(["flow-run", "rerun", run.id, "--from", "nothing"])).code).toBe(3);
  });

  test("whose code cannot be found is told as crashed, with why", async () => {
    const { ledger, client, env, project } = await openPlace("SQLite");
    rmSync(join(project, "flows.ts"));
    await startWorker(ledger, { env });
    const { state, error } = await endOf(client, await ask(client, "quick/nightly", { n: 1 }));
    expect(state).toMatchObject({ type: "CRASHED", message: expect.stringMatching(/^MODULE_NOT_IMPORTABLE: /) });
    expect(error?.code).toBe("MODULE_NOT_IMPORTABLE");
  });
});

test("deploying again changes nothing; a dry run says what would be changed", async () => {
  const { ledger, client, project } = await openPlace("SQLite");
  const deploy = async (...words: readonly string[]): Promise<unknown> => {
    const { stdout, stderr } = await ledger.run(["deploy", "--json", ...words], { cwd: project });
    return JSON.parse(stdout || stderr);
  };
  const before = (await client.listObjects("deployment")).items;
  expect(before.map(({ flowName, name }) => `${flowName}/${name}`).toSorted()).toEqual([
    "deaf/main",
    "quick/nightly",
    "slow/main",
    "steps/main",
    "tidy/main",
  ]);
  expect(await deploy("--all")).toEqual(
    before.map(() => expect.objectContaining({ outcome: "unchanged", changes: [] })),
  );
  expect((await client.listObjects("deployment")).items).toEqual(before);

  const target = ["flows.ts:quick", "--pool", "local", "--name", "nightly", "--queue", "urgent"] as const;
  const changed = { name: "quick/nightly", outcome: "changed" };
  expect(await deploy(...target, "--tag", "day", "--dry-run")).toMatchObject([changed]);
  expect((await client.listObjects("deployment")).items).toEqual(before);
  expect(await deploy(...target, "--tag", "day")).toMatchObject([changed]);
  const after = (await client.listObjects("deployment")).items.find(({ name }) => name === "nightly");
  expect(after).toMatchObject({ tags: ["day"], concurrencyLimit: null });
  expect((await client.listObjects("schedule")).items).toEqual([]);
});

test("a deployment from a Git repository runs the commit that it names", async () => {
  const { ledger, client, env, project } = await openPlace("SQLite");
  const git = (...words: readonly string[]): string =>
    execFileSync("git", [...words], { cwd: project, encoding: "utf8" });
  git("init", "--quiet", "--initial-branch", "main");
  git("add", ".");
  git("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "--quiet", "-m", "flows");
  const commit = git("rev-parse", "HEAD").trim();
  const { items } = await client.listObjects("deployment");
  const pullSteps = [{ git_clone: { repository: project, commit } }];
  for (const { id } of items) await client.updateDeployment(id, { path: null, pullSteps });
  rmSync(join(project, "flows.ts"));
  const worker = await startWorker(ledger, { env });
  const end = await endOf(client, await ask(client, "quick/nightly", { n: 7 }));
  expect(end.state).toMatchObject({ type: "COMPLETED" });
  expect(linesOf(env.DIARY)).toEqual(["quick 7"]);

  // Nobody removes the code of a run under way.
  await ask(client, "slow/main");
  const pid = await until(() => /slow begins (\d+)/.exec(linesOf(env.DIARY)[1] ?? "")?.[1]);
  const kept = (): readonly string[] => readdirSync(join(ledger.home, "code")).toSorted();
  const [folder = ""] = kept();
  expect(kept()).toContain(`${folder}.${pid}.run`);
  worker.child.kill("SIGTERM");
  await worker.ended;
  expect(kept()).toEqual([folder, `${folder}.used`]);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

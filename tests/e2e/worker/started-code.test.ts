/** A run keeps the code it started with, whatever becomes of its deployment before it is gone on with. */

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Client, createClient } from "millrace/client";
import { expect, test } from "vitest";
import { until } from "../cli/millrace.ts";
import { linesOf } from "../serve/serving.ts";
import { createRemoteLedger, startServerOn } from "../server/server.ts";
import { ask, endOf, makeProject, startWorker } from "./project.ts";

/** Writes what it does, and waits for the file GO between its task and its end. */
const flowOf = (version: string): string => `
import { appendFileSync, existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { flow, task } from "millrace";

const write = (line: string): void => appendFileSync(process.env.DIARY ?? "", line + "\\n");
const first = task({ name: "first" }, async () => write("${version} first " + process.pid));

export const etl = flow({ name: "etl" }, async () => {
  await first();
  while (!existsSync(process.env.GO ?? "")) await sleep(20);
  write("${version} ends with " + process.env.MARK);
});
`;

async function openPlace() {
  const server = await startServerOn("SQLite");
  const ledger = createRemoteLedger(server.url);
  const client = createClient({ url: server.url });
  await client.createWorkPool({ name: "local", type: "process", paused: false });
  const project = makeProject();
  const git = (...words: readonly string[]): string =>
    execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", ...words], {
      cwd: project,
      encoding: "utf8",
    });
  git("init", "--quiet", "--initial-branch", "main");
  const commit = (file: string, version: string): void => {
    writeFileSync(join(project, file), flowOf(version));
    git("add", ".");
    git("commit", "--quiet", "-m", version);
  };
  /** Deploys what the project's file says now. */
  const deploy = async (written: object): Promise<void> => {
    const deployment = { name: "main", workPool: { name: "local" }, ...written };
    writeFileSync(join(project, "millrace.yaml"), JSON.stringify({ deployments: [deployment] }));
    const { code, stderr } = await ledger.run(["deploy"], { cwd: project });
    if (code !== 0) throw new Error(stderr);
  };
  const env = { DIARY: join(ledger.home, "diary"), GO: join(ledger.home, "go"), MILLRACE_GRACE_MS: "1s" };
  return { ledger, client, project, commit, deploy, env };
}

/** Kills the process of a run that has come to its wait, and sees it crash. */
async function kill(client: Client, { id, diary }: { readonly id: string; readonly diary: string }): Promise<void> {
  const pid = await until(() => /first (\d+)/.exec(linesOf(diary).at(-1) ?? "")?.[1]);
  await until(async () => (await client.readRecords(id)).some(({ state }) => state.type === "COMPLETED"));
  process.kill(Number(pid), "SIGKILL");
  expect((await endOf(client, id)).state.type).toBe("CRASHED");
}

/** Gives it to the workers again. */
async function resume(client: Client, id: string): Promise<void> {
  const { decision } = await client.proposeFlowRunState({
    id,
    state: { type: "SCHEDULED", name: "AwaitingRetry" },
    guest: true,
  });
  expect(decision.answer).toBe("ACCEPT");
}

const withoutPids = (lines: readonly string[]): readonly string[] => lines.map((line) => line.replace(/ \d{3,}$/, ""));

test("its entrypoint and its job variables", async () => {
  const { ledger, client, commit, deploy, env } = await openPlace();
  commit("one.ts", "one");
  commit("two.ts", "two");
  const jobVariables = (mark: string) => ({ workPool: { name: "local", jobVariables: { env: { MARK: mark } } } });
  await deploy({ entrypoint: "one.ts:etl", ...jobVariables("1") });
  await startWorker(ledger, { env });
  const id = await ask(client, "etl/main");
  await kill(client, { id, diary: env.DIARY });

  await deploy({ entrypoint: "two.ts:etl", ...jobVariables("2") });
  writeFileSync(env.GO, "");
  await resume(client, id);
  expect(await endOf(client, id)).toMatchObject({ state: { type: "COMPLETED" }, extra: { startedVersion: 1 } });
  const later = await endOf(client, await ask(client, "etl/main"));
  expect(later).toMatchObject({ state: { type: "COMPLETED" }, extra: { startedVersion: 2 } });
  expect(withoutPids(linesOf(env.DIARY))).toEqual(["one first", "one ends with 1", "two first", "two ends with 2"]);
});

test("the commit that its branch was at", async () => {
  const { ledger, client, project, commit, deploy, env } = await openPlace();
  commit("etl.ts", "one");
  const pull = [{ git_clone: { repository: project, branch: "{{ $BRANCH }}" } }];
  const variables = { workPool: { name: "local", jobVariables: { env: { MARK: "{{ variables.mark }}" } } } };
  await client.writeVariable({ name: "mark", value: '"m"' });
  await deploy({ entrypoint: "etl.ts:etl", pull, ...variables });
  await startWorker(ledger, { env: { ...env, BRANCH: "main" } });
  const id = await ask(client, "etl/main");
  await kill(client, { id, diary: env.DIARY });

  commit("etl.ts", "two");
  writeFileSync(env.GO, "");
  await resume(client, id);
  expect((await endOf(client, id)).state.type).toBe("COMPLETED");
  await endOf(client, await ask(client, "etl/main"));
  expect(withoutPids(linesOf(env.DIARY))).toEqual(["one first", "one ends with m", "two first", "two ends with m"]);
});

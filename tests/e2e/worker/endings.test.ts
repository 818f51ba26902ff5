/** What a worker sees to that the process of a run cannot: timeouts of code that blocks, hooks of a killed run, long sleeps. */

import { join } from "node:path";
import { createClient } from "millrace/client";
import { expect, test } from "vitest";
import { until } from "../cli/millrace.ts";
import { linesOf } from "../serve/serving.ts";
import { createRemoteLedger, startServerOn } from "../server/server.ts";
import { ask, endOf, makeProject, startWorker } from "./project.ts";

const fixtures = join(import.meta.dirname, "fixtures/endings");

test("a worker ends code that blocks past its timeout, has hooks told of killed runs, and takes up runs that have slept", async () => {
  const server = await startServerOn("SQLite");
  const ledger = createRemoteLedger(server.url);
  const client = createClient({ url: server.url });
  await client.createWorkPool({ name: "local", type: "process", paused: false });
  const project = makeProject({ from: fixtures });
  const { code, stderr } = await ledger.run(["deploy", "--all"], { cwd: project });
  if (code !== 0) throw new Error(stderr);
  const env = {
    DIARY: join(ledger.home, "diary"),
    MILLRACE_GRACE_MS: "300ms",
    MILLRACE_LONG_SLEEP_MS: "100ms",
  };
  await startWorker(ledger, { env });
  const [sleeping, blocks, inTask, dies] = await Promise.all(
    ["sleeps", "blocks", "blocks-in-task", "dies"].map((name) => ask(client, `${name}/main`)),
  );

  const blocked = await endOf(client, blocks ?? "");
  expect(blocked.state).toMatchObject({
    type: "FAILED",
    name: "TimedOut",
    message:
      "Flow `blocks` took longer than its timeout of 200ms. Its process did not stop within 300ms of that, and was killed",
  });
  expect(blocked.error?.code).toBe("TIMED_OUT");
  expect(await endOf(client, inTask ?? "")).toMatchObject({
    state: {
      type: "CRASHED",
      message: expect.stringMatching(/^Task `blocking` took longer than its timeout of 200ms/),
    },
    error: { code: "TIMED_OUT" },
  });

  expect((await endOf(client, dies ?? "")).state.type).toBe("CRASHED");
  await until(() => linesOf(env.DIARY).includes("dies is told as Crashed"));
  await until(() => linesOf(env.DIARY).includes("blocks is told as TimedOut"));

  const slept = await endOf(client, sleeping ?? "");
  expect(slept.state.type).toBe("COMPLETED");
  const states = slept.history.map(({ name }) => name);
  expect(states).toContain("Sleeping");
  expect(states.at(-1)).toBe("Completed");
  const pids = ["before", "after"].map((text) => linesOf(env.DIARY).find((line) => line.startsWith(`${text} in `)));
  expect(pids).toEqual([expect.stringMatching(/\d+$/), expect.stringMatching(/\d+$/)]);
  expect(pids[0]?.split(" ").at(-1)).not.toBe(pids[1]?.split(" ").at(-1));
  expect(linesOf(env.DIARY).filter((line) => line.startsWith("before"))).toHaveLength(1);
});

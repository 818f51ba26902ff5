/** Runs of one worker at the same time, each with an environment, secrets and folders of its own: none sees those of another. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "millrace/client";
import { expect, onTestFinished, test } from "vitest";
import { createLedger } from "../e2e/cli/millrace.ts";
import { createRemoteLedger, startServer } from "../e2e/server/server.ts";
import { endOf, startWorker } from "../e2e/worker/project.ts";

const together = 20;

interface Seen {
  readonly environment: Readonly<Record<string, string>>;
  readonly started: string;
  readonly cwd: string;
  readonly folder: string;
  readonly mode: number;
  readonly before: readonly string[];
  readonly read: string;
}

test("twenty runs at once see nothing of each other", async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "millrace-isolation-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));
  const own = createLedger();
  const sealing = { MILLRACE_SECRETS_KEY: Buffer.alloc(32, 7).toString("base64") };
  const server = await startServer(own, { env: sealing });
  const client = createClient({ url: server.url });
  const pool = await client.createWorkPool({ name: "local", type: "process", paused: false });
  const [queue] = (await client.listObjects("work-queue")).items;
  const [meeting, temporary] = [join(root, "meeting"), join(root, "temporary")];
  mkdirSync(meeting);
  mkdirSync(temporary);
  const path = join(import.meta.dirname, "fixtures");
  const ids = await Promise.all(
    Array.from({ length: together }, async (_, index) => {
      const folder = join(root, `of-${index}`);
      mkdirSync(folder);
      await client.setSecret(`given-${index}`, `given-secret-${index}-`);
      await client.setSecret(`own-${index}`, `own-secret-${index}-`);
      const env = { MINE: `mine-${index}-`, TOKEN: `{{ secrets.given-${index} }}`, [`ONLY_${index}`]: "here" };
      const { deployment } = await client.saveDeployment({
        flowName: "isolated",
        name: `of-${index}`,
        path,
        entrypoint: "isolated.ts:isolated",
        workPoolId: pool.id,
        workQueueId: queue?.id ?? null,
        jobVariables: { env, working_dir: folder },
      });
      const parameters = { index, together, meeting };
      return (await client.submitRun({ deployment: deployment.id, parameters })).run.id;
    }),
  );
  const env = { ...sealing, TMPDIR: temporary };
  const worker = await startWorker(createRemoteLedger(server.url), { env, words: ["--limit", String(together)] });
  const ended = await Promise.all(ids.map((id) => endOf(client, id)));
  expect(ended.map(({ state }) => `${state.type} ${state.message ?? ""}`.trim())).toEqual(ids.map(() => "COMPLETED"));

  const folders = new Set<string>();
  for (const index of ids.keys()) {
    const seen = JSON.parse(readFileSync(`${meeting}-${index}.json`, "utf8")) as Seen;
    const { environment, started, folder } = seen;
    expect(environment).toMatchObject({ MINE: `mine-${index}-`, TOKEN: `given-secret-${index}-` });
    expect(seen).toMatchObject({
      cwd: join(root, `of-${index}`),
      mode: 0o700,
      before: [],
      read: `own-secret-${index}-`,
    });
    const shown = JSON.stringify(environment) + started;
    const ofOthers = Array.from({ length: together }, (_, other) => other)
      .filter((other) => other !== index)
      .filter((other) => new RegExp(`mine-${other}-|secret-${other}-|ONLY_${other}\\b`).test(shown));
    expect([index, ofOthers]).toEqual([index, []]);
    expect(folder.startsWith(temporary)).toBe(true);
    folders.add(folder);
  }
  expect(folders.size).toBe(together);
  worker.child.kill("SIGTERM");
  await worker.ended;
  expect([...folders].filter((folder) => existsSync(folder))).toEqual([]);
});

/** A server and a worker as a container starts them: nothing on the command line, all in the environment and in millrace.toml. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "millrace/client";
import { expect, onTestFinished, test } from "vitest";
import { createLedger, until } from "../cli/millrace.ts";

test("server and worker take from the environment and from millrace.toml what is not given", async () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-container-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  writeFileSync(
    join(folder, "millrace.toml"),
    'home = "kept"\nserverPort = 1\nserverAllowedHosts = ["flows.example"]\nworkerType = "process"\nworkerReady = 0\nworkerMetricsPort = 0\n',
  );
  // The home of the test's own would go before that of the file.
  const env = { MILLRACE_HOME: "", MILLRACE_SERVER_PORT: "0" };
  const server = createLedger().start(["server", "start", "--json"], { cwd: folder, env });
  const { url } = JSON.parse(await until(() => server.printed().stdout.includes("\n") && server.printed().stdout)) as {
    readonly url: string;
  };
  const { status } = await fetch(`${url}/v1/health`);
  expect(status).toBe(200);

  const worker = createLedger().start(["worker", "start", "--json"], {
    cwd: folder,
    env: { MILLRACE_HOME: "", MILLRACE_API_URL: url, MILLRACE_WORKER_POOL: "from-environment" },
  });
  const ready = await until(() => /\{"kind":"ready".*\}/.exec(worker.printed().stdout)?.[0]);
  const { statusUrl, pool } = JSON.parse(ready) as {
    readonly statusUrl: string;
    readonly pool: { readonly name: string };
  };
  expect(pool.name).toBe("from-environment");
  expect((await fetch(`${statusUrl}/readyz`)).status).toBe(200);
  expect(await (await fetch(`${statusUrl}/metrics`)).text()).toContain("millrace_worker_run_limit 10\n");
  const client = createClient({ url });
  expect((await client.listObjects("work-pool")).items).toMatchObject([{ name: "from-environment", type: "process" }]);
});

/** A worker in a network whose server has a certificate of its own authority, and which is left through a proxy only. */

import { join } from "node:path";
import { createClient } from "millrace/client";
import { expect, test } from "vitest";
import { createLedger, until } from "../cli/millrace.ts";
import { linesOf } from "../serve/serving.ts";
import { createRemoteLedger, startServer } from "../server/server.ts";
import { authority, hiddenHost, hideServer } from "./behind-proxy.ts";
import { ask, endOf, makeProject, startWorker } from "./project.ts";

test("a worker reaches its server through a proxy, and trusts the authority that it is told of", async () => {
  const server = await startServer(createLedger(), { args: ["--allow-host", hiddenHost] });
  const hidden = await hideServer(server.url);
  const ledger = createRemoteLedger(hidden.url);
  const network = { HTTPS_PROXY: hidden.proxyUrl, NODE_EXTRA_CA_CERTS: authority };
  const client = createClient({ url: server.url });
  await client.createWorkPool({ name: "local", type: "process", paused: false });

  const deployed = await ledger.run(["deploy", "--all"], { cwd: makeProject(), env: network });
  expect([deployed.code, deployed.stderr]).toEqual([0, ""]);
  const beforeWorker = hidden.tunnels.length;
  expect(beforeWorker).toBeGreaterThan(0);
  const env = { ...network, DIARY: join(ledger.home, "diary"), MILLRACE_GRACE_MS: "1s", MILLRACE_LEASE_MS: "2s" };
  await startWorker(ledger, { env });
  await until(() => hidden.tunnels.length > beforeWorker);

  const ended = await endOf(client, await ask(client, "quick/nightly", { n: 1 }));
  expect([ended.state.type, ended.epoch]).toEqual(["COMPLETED", 1]);
  expect(linesOf(env.DIARY)).toEqual(["quick 1"]);
  expect(new Set(hidden.tunnels)).toEqual(new Set([`${hiddenHost}:443`]));
});

test("without the authority the certificate is named as what is wrong", async () => {
  const server = await startServer(createLedger(), { args: ["--allow-host", hiddenHost] });
  const hidden = await hideServer(server.url);
  const ledger = createRemoteLedger(hidden.url);
  const { code, stderr } = await ledger.run(["flow-run", "ls"], { env: { HTTPS_PROXY: hidden.proxyUrl } });
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/certificate/);
  expect(hidden.tunnels).toContain(`${hiddenHost}:443`);
});

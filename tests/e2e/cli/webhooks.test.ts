/** Commands that need a server: requests to webhooks, and pages. */

import { expect, test } from "vitest";
import { createRemoteLedger, startServer } from "../server/server.ts";
import { createLedger } from "./millrace.ts";

interface Event {
  readonly name: string;
  readonly resource: Readonly<Record<string, string>>;
  readonly payload: string | null;
}

test("a request is sent to a webhook, signed, and shown as the event that it becomes; a pool has a page", async () => {
  const own = createLedger();
  const env = { MILLRACE_SECRETS_KEY: Buffer.alloc(32, 7).toString("base64") };
  const server = await startServer(own, { env });
  const ledger = createRemoteLedger(server.url);
  const run = (...words: readonly string[]) => ledger.run(words, { env });
  const event = ["--event", "order.{{ body.status }}", "--resource", "id=order.{{ body.id }}"];
  const signed = ["--signature", "timestamped", "--secret", "hook"];
  const made = await run("webhook", "create", "orders", ...event, ...signed);
  expect(made.stdout).toContain(`Requests are sent to ${server.url}/v1/hooks/orders.\n`);
  const refused = await run("webhook", "test", "orders");
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining("`millrace secret set hook` keeps it.") });

  await ledger.run(["secret", "set", "hook"], { env, input: "a secret of sender and server" });
  const sent = await run("webhook", "test", "orders", "--body", '{"id":7,"status":"paid"}', "--json");
  expect(sent.stderr).toBe("");
  expect(JSON.parse(sent.stdout) as Event).toMatchObject({
    name: "order.paid",
    resource: { id: "order.7" },
    payload: { id: 7, status: "paid" },
  });

  await run("work-pool", "create", "local", "--type", "process");
  expect((await run("work-pool", "inspect", "local", "--web")).stdout).toBe(
    `${server.url}/work-pools/work-pool/local\n`,
  );
  await server.end("SIGINT");
});

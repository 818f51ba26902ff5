import { expect, test } from "vitest";
import type { Webhook, WebhookSignature } from "../../../contract/objects.ts";
import { checkSignature } from "../../../server/hooks/check-signature.ts";
import { createCommandLine } from "../../in-process.testsuite.ts";
import { signRequest } from "./sign.ts";

const ledger = createCommandLine();
const { stdout, run } = ledger;

test("a webhook is made, listed, shown, switched off and on, and deleted", async () => {
  expect(await stdout("webhook", "ls")).toContain("There are no webhooks.");
  const made = await stdout(
    "webhook",
    "create",
    "New Orders",
    "--event",
    "order.{{ body.status }}",
    "--resource",
    "id=order.{{ body.id }}",
  );
  expect(made).toMatch(
    /^Made the webhook New Orders \(.*\)\.\nRequests are sent to \/v1\/hooks\/new-orders of a server\.\n$/,
  );
  expect(await ledger.json<Webhook>("webhook", "inspect", "new-orders")).toMatchObject({
    name: "New Orders",
    slug: "new-orders",
    enabled: true,
    template: { event: "order.{{ body.status }}", resource: { id: "order.{{ body.id }}" } },
    signature: null,
  });
  await stdout("webhook", "create", "pushes", "--signature", "github", "--secret", "hook");
  expect(await stdout("webhook", "ls")).toMatch(/^New Orders +\/v1\/hooks\/new-orders +order\.\{\{.* no +enabled$/m);
  expect(await stdout("webhook", "ls")).toMatch(/^pushes +\/v1\/hooks\/pushes +webhook\.pushes +github +enabled$/m);
  expect(await stdout("webhook", "inspect", "pushes")).toContain("github, with the secret hook");
  const changed = await stdout("webhook", "update", "new-orders", "--slug", "orders", "--event", "order.made");
  expect(changed).toBe("New Orders is changed.\nRequests are sent to /v1/hooks/orders.\n");
  await stdout("webhook", "update", "pushes", "--unsigned", "--description", "of the repository");
  expect(await ledger.json<readonly Webhook[]>("webhook", "ls")).toMatchObject([
    { slug: "orders", template: { event: "order.made", resource: { id: "order.{{ body.id }}" } } },
    { slug: "pushes", signature: null, description: "of the repository" },
  ]);
  await stdout("webhook", "update", "pushes", "--signature", "github", "--secret", "hook");
  expect(await stdout("webhook", "disable", "pushes")).toBe("pushes takes no requests.\n");
  expect(await stdout("webhook", "ls", "--name", "pus")).toMatch(/disabled$/m);
  expect(await stdout("webhook", "enable", "pushes")).toBe("pushes takes requests.\n");
  expect(await stdout("webhook", "delete", "pushes", "-y")).toBe("Deleted the webhook pushes.\n");
  expect(await ledger.json<readonly Webhook[]>("webhook", "ls")).toHaveLength(1);
});

test("what cannot be is told with what to do", async () => {
  expect(await run("webhook", "create", "x", "--signature", "github")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--secret is missing"),
  });
  expect(await run("webhook", "create", "x", "--secret", "hook")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("give --signature"),
  });
  expect(await run("webhook", "create", "x", "--resource", "id")).toMatchObject({ code: 2 });
  for (const words of [[], ["--resource", "id"], ["--unsigned", "--signature", "github", "--secret", "hook"]]) {
    expect(await run("webhook", "update", "none", ...words)).toMatchObject({ code: 2 });
  }
  expect(await run("webhook", "create", "x", "--event", "{{ body.")).toMatchObject({ code: 2 });
  await stdout("webhook", "create", "here");
  expect(await run("webhook", "test", "here")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("Start one (`millrace server start`)"),
  });
  expect(await run("webhook", "inspect", "heer")).toMatchObject({
    code: 3,
    stderr: expect.stringContaining("Did you mean `here`?"),
  });
});

test.each<WebhookSignature>([
  { scheme: "github", secretName: "s" },
  { scheme: "header", secretName: "s", header: "X-Mine" },
  { scheme: "timestamped", secretName: "s" },
  { scheme: "standard", secretName: "s" },
])("a request is signed as the server checks it: $scheme", (signature) => {
  const body = '{"id":7}';
  const now = 1_700_000_000_000;
  const good = `whsec_${Buffer.alloc(24, "s").toString("base64")}`;
  const another = `whsec_${Buffer.alloc(24, "a").toString("base64")}`;
  const check = (secret: string) => {
    const signed = Object.entries(signRequest(signature, { body, secret, now }));
    const headers = Object.fromEntries(signed.map(([name, value]) => [name.toLowerCase(), value]));
    return checkSignature(signature, { headers, body: Buffer.from(body) }, { secret: good, now }).isGood;
  };
  expect([check(good), check(another)]).toEqual([true, false]);
});

import { expect, test } from "vitest";
import { createCommandLine } from "../../in-process.testsuite.ts";

const ledger = createCommandLine();

async function refused(...words: readonly string[]): Promise<string> {
  const ended = await ledger.run(...words);
  expect(ended.code).toBe(2);
  return ended.stderr;
}

test("a block is saved of a type that nobody has registered, sealed, shown and deleted", async () => {
  const url = "https://hooks.example/T0/B0/secret-part";
  const made = await ledger.json<{ id: string }>("block", "create", "slack-webhook", "team", "-f", `url=${url}`);
  expect(made).toMatchObject({ type: "slack-webhook", name: "team", isNew: true });
  const kept = await ledger.seed((api) => api.readObject("block-document", made.id));
  expect(kept?.sealed).toMatch(/^v2\./);
  expect(JSON.stringify(kept)).not.toContain("secret-part");

  expect(await ledger.stdout("block", "inspect", "slack-webhook/team")).not.toContain("secret-part");
  const shown = await ledger.json("block", "inspect", "slack-webhook/team", "--show-secrets");
  expect(shown).toMatchObject({ type: "slack-webhook", data: { url } });
  expect(await ledger.stdout("block", "type", "ls")).toMatch(/^slack-webhook +Slack Webhook +1\b/m);

  expect(
    (await ledger.run("block", "create", "slack-webhook", "team", "-f", "url=https://b.example")).stderr,
  ).toContain("slack-webhook/team");
  const changed = ["block", "create", "slack-webhook", "team", "-f", "url=https://b.example", "--replace"];
  expect(await ledger.json(...changed)).toEqual({ id: made.id, type: "slack-webhook", name: "team", isNew: false });
  expect(await ledger.json("block", "inspect", "team", "--show-secrets")).toMatchObject({
    data: { url: "https://b.example" },
  });
  expect(await ledger.json("block", "delete", "team", "--yes")).toEqual({ deleted: [made.id] });
});

test("values are taken as the type's schema says, and refused by name", async () => {
  const values = ["-f", "webhook_id=007", "-f", "webhook_token=t", "-f", "tts=true"];
  await ledger.stdout("block", "create", "discord-webhook", "chat", ...values);
  expect(await ledger.json("block", "inspect", "chat", "--show-secrets")).toMatchObject({
    data: { webhook_id: "007", webhook_token: "t", tts: true },
  });
  const create = ["block", "create", "sendgrid-email"] as const;
  expect(await refused(...create, "ops", "-f", "api_key=k", "-f", "sender_email=a@b.example")).toContain(
    "needs to_emails",
  );
  const wrong = ["-f", "api_key=k", "-f", "sender_email=a@b.example", "-f", "to_emails=c@d.example"];
  expect(await refused(...create, "ops", ...wrong)).toContain('`to_emails` takes a list, as ["a", "b"]');
  expect(await refused(...create, "ops", "-f", "apikey=k")).toContain("did you mean `api_key`?");
  expect(await refused(...create, "Ops!")).toContain("is no name for a block");
  expect(await ledger.json("block", "type", "ls")).not.toContainEqual(
    expect.objectContaining({ slug: "sendgrid-email" }),
  );
  const missing = await ledger.run("block", "create", "slack-webhok", "team");
  expect([missing.code, missing.stderr]).toEqual([3, expect.stringContaining("Did you mean `slack-webhook`?")]);
  expect(await ledger.json("block", "ls", "--type", "discord-webhook")).toHaveLength(1);
});

test("the fields of a type are shown before it is made", async () => {
  const text = await ledger.stdout("block", "type", "inspect", "twilio-sms");
  expect(text).toMatch(/^auth_token +string +required, secret\b/m);
  expect(await ledger.json("block", "type", "inspect", "twilio-sms")).toMatchObject({ id: null, slug: "twilio-sms" });
});

test("a type that is of an older version gets a newer schema where a field is given that it lacks", async () => {
  const create = (name: string, ...more: readonly string[]) =>
    ledger.json<{ id: string }>("block", "create", "webhook", name, "-f", "url=https://a.example", ...more);
  await ledger.seed(async (api) => {
    const type = await api.createObject("block-type", { slug: "webhook", name: "Webhook" });
    const fields = { type: "object", properties: { url: { type: "string" } }, secret_fields: ["url"] };
    const made = { blockTypeId: type.id, checksum: "sha256:older", schemaVersion: "1", capabilities: [], fields };
    await api.createObject("block-schema", made);
  });
  const older = await create("older");
  expect(await refused("block", "create", "webhook", "x", "-f", "url=u", "-f", "sining_secret=s")).toContain(
    "no field",
  );
  const signed = await create("signed", "-f", "signing_secret=hook");
  const again = await create("again", "-f", "signing_secret=hook");
  const schemas = await ledger.seed(async (api) =>
    Promise.all(
      [older, signed, again].map(async ({ id }) => (await api.readObject("block-document", id))?.blockSchemaId),
    ),
  );
  expect(new Set(schemas).size).toBe(2);
  expect(schemas[1]).toBe(schemas[2]);
  expect(await ledger.json("block", "inspect", "signed", "--show-secrets")).toMatchObject({
    data: { url: "https://a.example", signing_secret: "hook" },
  });
});

import { blockDocumentSeal } from "../../../../packages/millrace/src/contract/secrets.ts";
import type { SeedLedger } from "../seed-ledger.ts";

const types = [
  {
    slug: "slack-webhook",
    name: "Slack webhook",
    description: "Sends messages to a channel.",
    capabilities: ["notify"],
    fields: {
      type: "object",
      title: "SlackWebhook",
      properties: {
        url: { type: "string", format: "password", writeOnly: true, title: "Webhook URL", description: "From Slack" },
        channel: { type: "string", title: "Channel", default: "#alerts" },
      },
      required: ["url"],
      secret_fields: ["url"],
    },
    documents: [{ name: "alerts", data: { url: "https://hooks.example/T0/B0/secret", channel: "#alerts" } }],
  },
  {
    slug: "postgres",
    name: "PostgreSQL",
    description: "A database to read from.",
    capabilities: ["database"],
    fields: {
      type: "object",
      title: "Postgres",
      properties: {
        host: { type: "string", title: "Host" },
        port: { type: "integer", title: "Port", default: 5432 },
        user: { type: "string", title: "User" },
        password: { type: "string", format: "password", writeOnly: true, title: "Password" },
        tls: { type: "boolean", title: "TLS", default: true },
      },
      required: ["host", "user"],
      secret_fields: ["password"],
    },
    documents: [
      { name: "warehouse", data: { host: "db.example", port: 5432, user: "reader", password: "s3cr3t", tls: true } },
      { name: "replica", data: { host: "replica.example", user: "reader", password: "s3cr3t" } },
    ],
  },
];

export async function addBlocks({ api, vault, id }: SeedLedger): Promise<void> {
  for (const { slug, name, description, capabilities, fields, documents } of types) {
    const type = await api.createObject("block-type", { id: id(`block type ${slug}`), slug, name, description });
    const schema = await api.createObject("block-schema", {
      id: id(`block schema ${slug}`),
      blockTypeId: type.id,
      checksum: `sha256:${id(slug).replaceAll("-", "")}${id(name).replaceAll("-", "")}`,
      schemaVersion: "millrace",
      capabilities,
      fields,
    });
    for (const document of documents) {
      const documentId = id(`block ${slug}/${document.name}`);
      const sealed = await vault.seal(blockDocumentSeal(documentId), JSON.stringify(document.data));
      const ids = { id: documentId, blockTypeId: type.id, blockSchemaId: schema.id };
      await api.createObject("block-document", { ...ids, name: document.name, anonymous: false, sealed });
    }
  }
}

export async function addVariables({ api, vault }: SeedLedger): Promise<void> {
  const variables = [
    { name: "threshold", value: "0.92", tags: ["ml"] },
    { name: "regions", value: '["north","south","east","west"]', tags: ["sales"] },
    { name: "report_recipients", value: '{"to":["ada@example.com"],"cc":[]}', tags: ["sales", "mail"] },
    { name: "maintenance", value: "false", tags: [] },
  ];
  for (const variable of variables) await api.writeVariable(variable);
  for (const name of ["crm-token", "warehouse-password"]) {
    await api.writeSecret({ name, sealed: await vault.seal(name, "a value that nobody sees") });
  }
  await api.createObject("webhook", {
    name: "Orders of the shop",
    slug: "shop-orders",
    enabled: true,
    description: "Each order becomes an event.",
    template: { event: "order.placed", resource: { id: "shop.order.{{ body.id }}" } },
  });
}

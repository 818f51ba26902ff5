/**
 * Types of blocks that a server has from the start, and a ledger without one when they are first needed: those that it uses itself,
 * by the slugs and fields of Prefect's classes, so that a block of Prefect's client is one of them.
 */

import type { JsonObject } from "./objects.ts";

export interface KnownBlockType {
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly capabilities: readonly string[];
  /** Prefect's clients cannot delete it. */
  readonly isProtected?: true;
  /** JSON Schema, with `secret_fields`. */
  readonly fields: JsonObject;
}

/** A property of a schema; a name that ends in `*` must be given. */
type Properties = Readonly<Record<string, JsonObject>>;

const text = (description: string): JsonObject => ({ type: "string", description });
const secret = (description: string): JsonObject => ({
  type: "string",
  format: "password",
  writeOnly: true,
  description,
});
const yesNo = (description: string): JsonObject => ({ type: "boolean", description });
const number = (description: string): JsonObject => ({ type: "integer", description });
const list = (description: string): JsonObject => ({ type: "array", items: { type: "string" }, description });
const map = (description: string): JsonObject => ({ type: "object", description });

const allowsPrivate = yesNo("Whether it may lead into a private network. Default true.");
const signingSecret = text(
  "The name of the secret that requests are signed with (Standard Webhooks). Default: they are not signed.",
);
const region = { type: "string", enum: ["us", "eu"], description: "Where the account is. Default us." };

export const knownBlockTypes: readonly KnownBlockType[] = [
  notifier("slack-webhook", "Slack Webhook", "Tells a channel of Slack, or of what takes Slack's messages.", {
    "url*": secret("The URL of an incoming webhook."),
    allow_private_urls: allowsPrivate,
  }),
  notifier("ms-teams-webhook", "Microsoft Teams Webhook", "Tells a channel of Microsoft Teams.", {
    "url*": secret("The URL of a workflow that posts cards."),
    allow_private_urls: allowsPrivate,
  }),
  notifier("discord-webhook", "Discord Webhook", "Tells a channel of Discord.", {
    "webhook_id*": secret("The first part of the webhook's URL after /webhooks/."),
    "webhook_token*": secret("The second part."),
    botname: text("The name that it writes under."),
    avatar_url: text("The picture that it writes under."),
    tts: yesNo("Whether it is read out. Default false."),
  }),
  notifier("mattermost-webhook", "Mattermost Webhook", "Tells channels of Mattermost.", {
    "hostname*": text("The host of the server."),
    "token*": secret("What stands after /hooks/ in the webhook's URL."),
    channels: list("The channels. Default: the webhook's own."),
    botname: text("The name that it writes under."),
    path: text("What stands before /hooks/."),
    port: number("The port. Default: that of the scheme."),
    secure: yesNo("Whether it is HTTPS. Default true."),
  }),
  notifier("pager-duty-webhook", "Pager Duty Webhook", "Triggers an incident of PagerDuty.", {
    "integration_key*": secret("The integration key of a service (Events API v2)."),
    notify_type: {
      type: "string",
      enum: ["info", "success", "warning", "failure"],
      description: "The severity: failure is critical. Default info.",
    },
    source: text("What it comes from. Default Millrace."),
    component: text("The part of the source. Default Notification."),
    group: text("The group of components."),
    class_id: text("The kind of event."),
    region_name: region,
    custom_details: map("More to tell."),
  }),
  notifier("opsgenie-webhook", "Opsgenie Webhook", "Makes an alert of Opsgenie.", {
    "apikey*": secret("The key of an API integration."),
    priority: number("1 to 5."),
    alias: text("What makes alerts one."),
    entity: text("What it is about."),
    tags: list("Its tags."),
    details: map("More to tell."),
    region_name: region,
  }),
  notifier("sendgrid-email", "Sendgrid Email", "Sends e-mails by SendGrid.", {
    "api_key*": secret("A key that may send mail."),
    "sender_email*": text("Whom it is from."),
    "to_emails*": list("Whom it is to."),
  }),
  notifier("twilio-sms", "Twilio SMS", "Sends text messages by Twilio.", {
    "account_sid*": text("The account."),
    "auth_token*": secret("Its token."),
    "from_phone_number*": text("Whom it is from, as +491234."),
    "to_phone_numbers*": list("Whom it is to."),
  }),
  notifier(
    "custom-webhook",
    "Custom Webhook",
    "Sends a request whose texts may hold {{subject}}, {{body}} and the secrets by their names.",
    {
      "name*": text("What it is called."),
      "url*": text("Where it is sent."),
      method: text("Default POST."),
      params: map("What is added to the URL."),
      json_data: map("The content as JSON."),
      form_data: map("The content as a form."),
      headers: map("Its headers."),
      cookies: map("Its cookies."),
      secrets: map("What may stand in the others, and is shown to nobody."),
      signing_secret: signingSecret,
      allow_private_urls: allowsPrivate,
    },
    ["secrets.*"],
  ),
  toType({
    slug: "webhook",
    name: "Webhook",
    description: "A request that an automation sends, with a payload of its own (call-webhook).",
    properties: {
      "url*": secret("Where it is sent."),
      method: text("Default POST."),
      headers: map("Its headers."),
      signing_secret: signingSecret,
      allow_private_urls: allowsPrivate,
    },
    secretFields: ["headers.*"],
    isProtected: true,
  }),
  toType({
    slug: "secret",
    name: "Secret",
    description: "A value that nobody is shown.",
    properties: { "value*": secret("The value.") },
    isProtected: true,
  }),
  toType({
    slug: "local-file-system",
    name: "Local File System",
    description: "A folder of the machine that a run is on: where Python flows keep results, or find their code.",
    properties: { basepath: { type: "string", description: "The folder. Default: where the process was started." } },
    capabilities: ["get-directory", "put-directory", "read-path", "write-path"],
    isProtected: true,
  }),
  toType({
    slug: "aws-credentials",
    name: "AWS Credentials",
    description: "What results on S3, and archives of code, are read and written with.",
    properties: {
      "aws_access_key_id*": text("The id of the access key."),
      "aws_secret_access_key*": secret("The access key."),
      aws_session_token: secret("The token of a session, for keys that end."),
      region_name: text("The region."),
    },
  }),
  toType({
    slug: "minio-credentials",
    name: "MinIO Credentials",
    description: "The same for a MinIO server.",
    properties: { "minio_root_user*": text("The user."), "minio_root_password*": secret("The password.") },
  }),
];

function notifier(
  slug: string,
  name: string,
  description: string,
  properties: Properties,
  secretFields: readonly string[] = [],
): KnownBlockType {
  return toType({ slug, name, description, properties, secretFields, capabilities: ["notify"] });
}

function toType(written: {
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly properties: Properties;
  /** Beside the properties that are secret by themselves. */
  readonly secretFields?: readonly string[];
  readonly capabilities?: readonly string[];
  readonly isProtected?: true;
}): KnownBlockType {
  const { slug, name, description, properties, secretFields = [], capabilities = [], isProtected } = written;
  const entries = Object.entries(properties).map(([key, schema]) => [key.replace(/\*$/, ""), schema] as const);
  return {
    slug,
    name,
    description,
    capabilities,
    ...(isProtected === undefined ? {} : { isProtected }),
    fields: {
      title: name,
      type: "object",
      properties: Object.fromEntries(entries),
      required: Object.keys(properties).flatMap((key) => (key.endsWith("*") ? [key.slice(0, -1)] : [])),
      block_type_slug: slug,
      block_schema_references: {},
      secret_fields: [...entries.flatMap(([key, { writeOnly }]) => (writeOnly === true ? [key] : [])), ...secretFields],
    },
  };
}

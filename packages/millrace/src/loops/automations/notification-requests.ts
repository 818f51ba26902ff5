/**
 * What is sent to whom when an automation notifies: the blocks of each service as requests to its API. A block of another
 * type cannot be notified by.
 */

import type { HttpRequest } from "./send-http.ts";
import type { OpenBlock } from "./open-block.ts";

export interface Notification {
  readonly subject: string;
  readonly body: string;
}

type Block = Omit<OpenBlock, "secrets">;
type Data = OpenBlock["data"];
type ToRequests = (data: Data, notification: Notification) => readonly HttpRequest[];

const services: Readonly<Record<string, ToRequests>> = {
  "slack-webhook": (data, { subject, body }) => [postJson(data, text(data.url), { text: joined(subject, body) })],
  "ms-teams-webhook": (data, notification) => [postJson(data, text(data.url), toAdaptiveCard(notification))],
  "mattermost-webhook": toMattermost,
  "discord-webhook": (data, { subject, body }) => [
    postJson(data, `https://discord.com/api/webhooks/${text(data.webhook_id)}/${text(data.webhook_token)}`, {
      content: joined(subject, body).slice(0, 2000),
      tts: data.tts === true,
      ...given("username", data.botname),
      ...given("avatar_url", data.avatar_url),
    }),
  ],
  "pager-duty-webhook": (data, { subject, body }) => [
    postJson(data, `https://events.${data.region_name === "eu" ? "eu." : ""}pagerduty.com/v2/enqueue`, {
      routing_key: text(data.integration_key),
      event_action: "trigger",
      payload: {
        summary: subject.slice(0, 1024),
        severity: pagerDutySeverities[text(data.notify_type)] ?? "info",
        source: text(data.source) || "Millrace",
        component: text(data.component) || "Notification",
        ...given("group", data.group),
        ...given("class", data.class_id),
        custom_details: { message: body, ...(isData(data.custom_details) ? data.custom_details : {}) },
      },
    }),
  ],
  "opsgenie-webhook": (data, { subject, body }) => [
    {
      ...postJson(data, `https://api.${data.region_name === "eu" ? "eu." : ""}opsgenie.com/v2/alerts`, {
        message: subject.slice(0, 130),
        description: body,
        ...given("alias", data.alias),
        ...given("entity", data.entity),
        ...given("tags", data.tags),
        ...given("details", data.details),
        ...(typeof data.priority === "number" ? { priority: `P${data.priority}` } : {}),
      }),
      headers: { "content-type": "application/json", authorization: `GenieKey ${text(data.apikey)}` },
    },
  ],
  "sendgrid-email": (data, { subject, body }) => [
    {
      ...postJson(data, "https://api.sendgrid.com/v3/mail/send", {
        personalizations: [{ to: texts(data.to_emails).map((email) => ({ email })) }],
        from: { email: text(data.sender_email) },
        subject,
        content: [{ type: "text/plain", value: body }],
      }),
      headers: { "content-type": "application/json", authorization: `Bearer ${text(data.api_key)}` },
    },
  ],
  "twilio-sms": (data, { subject, body }) =>
    texts(data.to_phone_numbers).map((to) => ({
      url: `https://api.twilio.com/2010-04-01/Accounts/${encodeURIComponent(text(data.account_sid))}/Messages.json`,
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        authorization: `Basic ${Buffer.from(`${text(data.account_sid)}:${text(data.auth_token)}`).toString("base64")}`,
      },
      body: new URLSearchParams({ To: to, From: text(data.from_phone_number), Body: joined(subject, body) }).toString(),
      allowsPrivate: false,
    })),
  "custom-webhook": toCustomWebhook,
};

const pagerDutySeverities: Readonly<Record<string, string>> = {
  info: "info",
  success: "info",
  warning: "warning",
  failure: "critical",
};

/** Null for a block that nobody can be notified by. */
export function toNotificationRequests(block: Block, notification: Notification): readonly HttpRequest[] | null {
  const service = Object.hasOwn(services, block.type) ? services[block.type] : undefined;
  return service?.(block.data, notification) ?? null;
}

/** A block of type `webhook`, called with a payload. */
export function toWebhookRequest({ data }: Block, payload: string): HttpRequest {
  const headers = isData(data.headers) ? toTexts(data.headers) : {};
  const isJson = isJsonText(payload) && !Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
  return {
    url: text(data.url),
    method: text(data.method) || "POST",
    headers: isJson ? { "content-type": "application/json", ...headers } : headers,
    body: payload,
    allowsPrivate: data.allow_private_urls !== false,
  };
}

function toMattermost(data: Data, { subject, body }: Notification): readonly HttpRequest[] {
  const secure = data.secure !== false;
  const path = text(data.path).replace(/^\/?/, "/").replace(/\/$/, "");
  const port = typeof data.port === "number" ? `:${data.port}` : "";
  const url = `${secure ? "https" : "http"}://${text(data.hostname)}${port}${path}/hooks/${text(data.token)}`;
  const channels = texts(data.channels);
  const message = { text: joined(subject, body), ...given("username", data.botname) };
  if (channels.length === 0) return [postJson(data, url, message)];
  return channels.map((channel) => postJson(data, url, { ...message, channel }));
}

/** Its parts may hold {{subject}}, {{body}} and its own secrets in double braces. */
function toCustomWebhook(data: Data, { subject, body }: Notification): readonly HttpRequest[] {
  const values: Data = { ...(isData(data.secrets) ? data.secrets : {}), name: data.name, subject, body };
  const fill = (part: unknown): unknown => {
    if (typeof part === "string") {
      return part.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string) =>
        Object.hasOwn(values, name) ? text(values[name]) : whole,
      );
    }
    if (Array.isArray(part)) return part.map(fill);
    return isData(part) ? Object.fromEntries(Object.entries(part).map(([name, value]) => [name, fill(value)])) : part;
  };
  const filled = (part: unknown): Readonly<Record<string, string>> => (isData(part) ? toTexts(fill(part) as Data) : {});
  const query = new URLSearchParams(filled(data.params)).toString();
  const url = `${text(fill(data.url))}${query === "" ? "" : `${text(data.url).includes("?") ? "&" : "?"}${query}`}`;
  const cookies = Object.entries(filled(data.cookies)).map(([name, value]) => `${name}=${value}`);
  const form = typeof data.form_data === "string" ? text(fill(data.form_data)) : null;
  const isForm = isData(data.form_data);
  const content = isForm
    ? { type: "application/x-www-form-urlencoded", body: new URLSearchParams(filled(data.form_data)).toString() }
    : form !== null
      ? { type: "text/plain", body: form }
      : isData(data.json_data)
        ? { type: "application/json", body: JSON.stringify(fill(data.json_data)) }
        : null;
  return [
    {
      url,
      method: text(data.method) || "POST",
      headers: {
        ...(content === null ? {} : { "content-type": content.type }),
        ...(cookies.length === 0 ? {} : { cookie: cookies.join("; ") }),
        ...filled(data.headers),
      },
      ...(content === null ? {} : { body: content.body }),
      allowsPrivate: data.allow_private_urls !== false,
    },
  ];
}

function toAdaptiveCard({ subject, body }: Notification): object {
  const block = (content: string, more: object): object => ({ type: "TextBlock", text: content, wrap: true, ...more });
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          body: [block(subject, { weight: "Bolder", size: "Medium" }), block(body, {})],
        },
      },
    ],
  };
}

function postJson(data: Data, url: string, body: object): HttpRequest {
  return {
    url,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    allowsPrivate: data.allow_private_urls !== false,
  };
}

function joined(subject: string, body: string): string {
  return subject === "" ? body : `*${subject}*\n${body}`;
}

function given(name: string, value: unknown): Readonly<Record<string, unknown>> {
  return value === undefined || value === null || value === "" ? {} : { [name]: value };
}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(text) : [];
}

function toTexts(data: Data): Record<string, string> {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, text(value)]));
}

function isData(value: unknown): value is Data {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isJsonText(payload: string): boolean {
  try {
    JSON.parse(payload);
    return true;
  } catch {
    return false;
  }
}

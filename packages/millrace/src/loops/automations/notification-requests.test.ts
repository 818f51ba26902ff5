import { expect, test } from "vitest";
import { toNotificationRequests, toWebhookRequest } from "./notification-requests.ts";

const told = { subject: "Late", body: "It is late" };
const requestsOf = (type: string, data: Readonly<Record<string, unknown>>) =>
  toNotificationRequests({ type, name: "mine", data }, told);

test.each<[string, Readonly<Record<string, unknown>>, string, unknown]>([
  ["slack-webhook", { url: "https://hooks.slack.com/x" }, "https://hooks.slack.com/x", { text: "*Late*\nIt is late" }],
  [
    "mattermost-webhook",
    { hostname: "chat", port: 8065, path: "/team/", token: "t", secure: false, channels: ["a"], botname: "b" },
    "http://chat:8065/team/hooks/t",
    { text: "*Late*\nIt is late", username: "b", channel: "a" },
  ],
  [
    "discord-webhook",
    { webhook_id: "1", webhook_token: "2" },
    "https://discord.com/api/webhooks/1/2",
    { content: "*Late*\nIt is late", tts: false },
  ],
  [
    "pager-duty-webhook",
    { integration_key: "k", region_name: "eu", notify_type: "failure", source: "s", component: "c" },
    "https://events.eu.pagerduty.com/v2/enqueue",
    {
      routing_key: "k",
      event_action: "trigger",
      payload: {
        summary: "Late",
        severity: "critical",
        source: "s",
        component: "c",
        custom_details: { message: "It is late" },
      },
    },
  ],
  [
    "opsgenie-webhook",
    { apikey: "k", priority: 2, tags: ["t"] },
    "https://api.opsgenie.com/v2/alerts",
    { message: "Late", description: "It is late", tags: ["t"], priority: "P2" },
  ],
  [
    "sendgrid-email",
    { api_key: "k", sender_email: "a@b", to_emails: ["c@d"] },
    "https://api.sendgrid.com/v3/mail/send",
    {
      personalizations: [{ to: [{ email: "c@d" }] }],
      from: { email: "a@b" },
      subject: "Late",
      content: [{ type: "text/plain", value: "It is late" }],
    },
  ],
])("%s", (type, data, url, body) => {
  const requests = requestsOf(type, data) ?? [];
  expect(requests.map((request) => [request.url, JSON.parse(request.body ?? "null")])).toEqual([[url, body]]);
});

test("a text message goes to each number", () => {
  const data = { account_sid: "AC", auth_token: "s", from_phone_number: "+1", to_phone_numbers: ["+2", "+3"] };
  const requests = requestsOf("twilio-sms", data) ?? [];
  expect(requests.map(({ body }) => new URLSearchParams(body).get("To"))).toEqual(["+2", "+3"]);
  expect(requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from("AC:s").toString("base64")}`);
});

test("nobody is notified by a block of another type", () => {
  expect(requestsOf("aws-credentials", {})).toBeNull();
  expect(requestsOf("constructor", {})).toBeNull();
});

test("a webhook says that JSON is JSON, unless its headers say something", () => {
  const block = { type: "webhook", name: "w", data: { url: "https://a/b", headers: { a: "1" } } };
  expect(toWebhookRequest(block, "{}")).toEqual({
    url: "https://a/b",
    method: "POST",
    headers: { "content-type": "application/json", a: "1" },
    body: "{}",
    allowsPrivate: true,
  });
  expect(toWebhookRequest(block, "plain").headers).toEqual({ a: "1" });
  const own = { ...block, data: { url: "https://a/b", headers: { "Content-Type": "x/y" }, allow_private_urls: false } };
  expect(toWebhookRequest(own, "{}")).toMatchObject({ headers: { "Content-Type": "x/y" }, allowsPrivate: false });
});

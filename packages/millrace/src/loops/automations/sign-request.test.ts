import { expect, test } from "vitest";
import { verifyWebhook } from "../../client/verify-webhook.ts";
import type { HttpRequest } from "./send-http.ts";
import { signRequest, type SigningContext } from "./sign-request.ts";

const now = Date.UTC(2026, 10, 25, 12);
const clock = { now: () => now } as SigningContext["clock"];
const secrets: Readonly<Record<string, string>> = {
  hook: `whsec_${Buffer.alloc(32, "a").toString("base64")}`,
  next: `whsec_${Buffer.alloc(32, "b").toString("base64")}`,
  weak: "correct horse",
  foreign: "",
};
const context: SigningContext = {
  clock,
  api: {
    readSecret: async (name) =>
      Object.hasOwn(secrets, name) ? { name, sealed: secrets[name] ?? "", createdAt: 0, updatedAt: 0 } : null,
  },
  vault: {
    seal: async (_, value) => value,
    open: async (_, sealed) => (sealed === "" ? Promise.reject(new Error("of another key")) : sealed),
  },
};

const request: HttpRequest = {
  url: "https://a.example/",
  method: "POST",
  headers: { "X-Mine": "1", "Webhook-Id": "mine" },
  body: '{"é":1}',
  allowsPrivate: false,
};
const aBlock = (data: Readonly<Record<string, unknown>>, type = "webhook") => ({ type, name: "b", data, secrets: [] });
const sign = (data: Readonly<Record<string, unknown>>, more: Partial<HttpRequest> = {}, type?: string) =>
  signRequest({ ...request, ...more }, { context, block: aBlock(data, type), id: "msg-1" });

test("a request is signed so that whoever has the secret believes it", async () => {
  const { request: signed, secrets: used } = await sign({ signing_secret: "hook" });
  expect(signed.headers).toMatchObject({
    "X-Mine": "1",
    "webhook-id": "msg-1",
    "webhook-timestamp": String(now / 1000),
  });
  expect(Object.keys(signed.headers)).not.toContain("Webhook-Id");
  const call = { body: signed.body ?? "", headers: signed.headers, clock };
  expect(await verifyWebhook({ ...call, secret: secrets.hook ?? "" })).toEqual({ id: "msg-1", sentAt: now });
  await expect(verifyWebhook({ ...call, secret: secrets.next ?? "" })).rejects.toThrow("not signed with this secret");
  expect(used).toEqual([secrets.hook]);
});

test("while a secret is being changed it is signed with both", async () => {
  const { request: signed } = await sign({ signing_secret: "hook next" });
  for (const name of ["hook", "next"]) {
    const secret = secrets[name] ?? "";
    expect(await verifyWebhook({ body: request.body ?? "", headers: signed.headers, secret, clock })).toMatchObject({
      id: "msg-1",
    });
  }
});

test("what is sent is what is signed: a GET has no body", async () => {
  const { request: signed } = await sign({ signing_secret: "hook" }, { method: "GET" });
  const secret = secrets.hook ?? "";
  expect(await verifyWebhook({ body: "", headers: signed.headers, secret, clock })).toMatchObject({ id: "msg-1" });
});

test("where no secret is named, and to services that check none, it goes as it is", async () => {
  expect(await sign({})).toEqual({ request, secrets: [] });
  expect(await sign({ signing_secret: "hook" }, {}, "slack-webhook")).toEqual({ request, secrets: [] });
});

test.each([
  ["nobody", "is not there"],
  ["foreign", "cannot be opened here"],
  ["weak", "signs nothing: it must be `whsec_` and 24 to 64 bytes in base64"],
])("it is not sent unsigned where the secret %s cannot be used", async (name, reason) => {
  const failure: unknown = await sign({ signing_secret: name }).catch((error) => error);
  expect(String(failure)).toContain(reason);
  expect(String(failure)).not.toContain(secrets.weak);
});

import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { verifyWebhook } from "./verify-webhook.ts";

const now = Date.UTC(2026, 10, 25, 12);
const clock = { now: () => now };
const key = Buffer.alloc(32, "k");
const secret = `whsec_${key.toString("base64")}`;
const other = `whsec_${Buffer.alloc(24, "o").toString("base64")}`;
const body = '{"order":"é"}';

function signed({ id = "msg-1", at = now, text = body } = {}): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${text}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
}

describe("a call is believed", () => {
  test("when it is signed with the secret, whatever its headers come as", async () => {
    const found = { id: "msg-1", sentAt: now };
    expect(await verifyWebhook({ body, headers: signed(), secret, clock })).toEqual(found);
    expect(await verifyWebhook({ body, headers: new Headers(signed()), secret, clock })).toEqual(found);
    expect(await verifyWebhook({ body: Buffer.from(body), headers: signed(), secret, clock })).toEqual(found);
  });

  test("while one secret is being changed for another", async () => {
    expect(await verifyWebhook({ body, headers: signed(), secret: [other, secret], clock })).toMatchObject({
      id: "msg-1",
    });
    const both = { ...signed(), "webhook-signature": `v1,${"A".repeat(43)}= ${signed()["webhook-signature"]}` };
    expect(await verifyWebhook({ body, headers: both, secret, clock })).toMatchObject({ id: "msg-1" });
  });

  test("as the convention's own example has it", async () => {
    // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    const headers = {
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    };
    const call = {
      body: '{"test": 2432232314}',
      headers,
      secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      clock: { now: () => 1_614_265_330_000 },
    };
    expect(await verifyWebhook(call)).toEqual({ id: "msg_p5jXN8AQM9LWM0D4loKWxJek", sentAt: 1_614_265_330_000 });
  });
});

describe("a call is not believed", () => {
  test.each<readonly [string, Parameters<typeof verifyWebhook>[0]]>([
    ["that came six minutes ago", { body, headers: signed({ at: now - 360_000 }), secret }],
    ["from a clock that is far ahead", { body, headers: signed({ at: now + 301_000 }), secret }],
    ["beyond a tolerance of one's own", { body, headers: signed({ at: now - 11_000 }), secret, toleranceMs: 10_000 }],
    ["with another body", { body: `${body} `, headers: signed(), secret }],
    ["with another id", { body, headers: { ...signed(), "webhook-id": "msg-2" }, secret }],
    ["with another time", { body, headers: { ...signed(), "webhook-timestamp": String(now / 1000 + 1) }, secret }],
    ["with another secret", { body, headers: signed(), secret: other }],
    ["with a signature of another version", { body, headers: { ...signed(), "webhook-signature": "v2,AAAA" }, secret }],
    ["with no signature", { body, headers: { ...signed(), "webhook-signature": "" }, secret }],
    ["with half of a signature", { body, headers: { ...signed(), "webhook-signature": "v1,g0hM" }, secret }],
    ["with an id that has a time in it", { body, headers: { ...signed(), "webhook-id": "a.1" }, secret }],
    ["with a header twice", { body, headers: { ...signed(), "webhook-id": ["a", "b"] }, secret }],
    ["with nothing", { body, headers: {}, secret }],
  ])("%s", async (_, call) => {
    await expect(verifyWebhook({ clock, ...call })).rejects.toMatchObject({
      code: "WEBHOOK_CALL_UNVERIFIED",
      status: 401,
    });
  });

  test.each(["", "secret", "whsec_", "whsec_c2hvcnQ=", "whsec_!", `whsec_${"A".repeat(400)}`])(
    "by a secret that is none: %s",
    async (none) => {
      await expect(verifyWebhook({ body, headers: signed(), secret: none, clock })).rejects.toMatchObject({
        code: "SETTING_INVALID",
      });
    },
  );

  test("by no secret at all", async () => {
    await expect(verifyWebhook({ body, headers: signed(), secret: [], clock })).rejects.toMatchObject({
      code: "WEBHOOK_CALL_UNVERIFIED",
    });
  });
});

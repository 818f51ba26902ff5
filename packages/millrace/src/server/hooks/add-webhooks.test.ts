import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OverHttp, startOverHttp, testVault } from "../../client/over-http.testsuite.ts";
import type { Api } from "../../contract/api.ts";
import type { NewObject } from "../../contract/objects.ts";
import type { StoredEvent } from "../../contract/records.ts";
import { systemClock } from "../../kit/clock.ts";
import { shortId } from "../../kit/ids.ts";
import { createService } from "../../service/create-service.ts";
import { makeLedger } from "../../store/ledger-under-test.testsuite.ts";

const now = Date.UTC(2026, 10, 25, 12);
const clock = { ...systemClock, now: () => now };
const secretName = "hook-secret";
const secret = "s3cret-of-the-sender";

let api: Api;
let started: OverHttp;
let remove: () => Promise<void>;

beforeAll(async () => {
  const ledger = await makeLedger();
  const store = await ledger.open();
  api = createService({ store, clock });
  await api.writeSecret({ name: secretName, sealed: await testVault.seal(secretName, secret) });
  started = await startOverHttp(api, { server: { clock, limits: { maxBodyBytes: 10_000 } } });
  remove = async () => {
    await started.client.close();
    await started.server.close();
    await store.close();
    await ledger.remove();
  };
});
afterAll(() => remove());

async function makeWebhook(more: Partial<NewObject<"webhook">> = {}) {
  return started.client.createObject("webhook", { name: "orders", slug: `h-${shortId()}`, enabled: true, ...more });
}

interface Answer {
  readonly status: number;
  readonly eventId?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

async function send(slug: string, body: string, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await fetch(`${started.url}/v1/hooks/${slug}?source=test`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  return { status: answer.status, ...((await answer.json()) as object) };
}

async function readEvent(id: string | undefined): Promise<StoredEvent | undefined> {
  return (await api.listEvents({ ids: [id ?? ""] })).items[0];
}

const hmac = (text: string, key = secret) => createHmac("sha256", key).update(text).digest("hex");

describe("a request becomes an event", () => {
  test("of the webhook, with the body as its payload, where nothing else is said", async () => {
    const { id, slug } = await makeWebhook();
    const { status, eventId } = await send(slug, '{"rows":3}');
    expect(status).toBe(202);
    expect(await readEvent(eventId)).toMatchObject({
      name: `webhook.${slug}`,
      at: now,
      resource: { id: `millrace.webhook.${id}`, name: "orders" },
      payload: '{"rows":3}',
    });
  });

  test("by a template over body, headers, query and webhook", async () => {
    const { slug } = await makeWebhook({
      template: {
        event: "order.{{ body.action }}",
        resource: { id: "order/{{ body.order.id }}", via: "{{ webhook.name }}" },
        payload: {
          order: "{{ body.order }}",
          agent: "{{ headers['user-agent'] }}",
          source: "from {{ query.source }}",
          cookie: "{{ headers.cookie }}{{ headers.authorization }}",
        },
      },
    });
    const body = JSON.stringify({ action: "paid", order: { id: 7, lines: [1, 2] } });
    const headers = { "user-agent": "shop/1", cookie: "session=1", authorization: "Bearer 1" };
    const event = await readEvent((await send(slug, body, headers)).eventId);
    expect(event).toMatchObject({ name: "order.paid", resource: { id: "order/7", via: "orders" } });
    expect(JSON.parse(event?.payload ?? "")).toEqual({
      order: { id: 7, lines: [1, 2] },
      agent: "shop/1",
      source: "from test",
      cookie: "",
    });
  });

  test("of a form, of a text and of nothing", async () => {
    const { slug } = await makeWebhook();
    const form = await send(slug, "a=1&b=two+words", { "content-type": "application/x-www-form-urlencoded" });
    expect((await readEvent(form.eventId))?.payload).toBe('{"a":"1","b":"two words"}');
    const text = await send(slug, "hello", { "content-type": "text/plain" });
    expect((await readEvent(text.eventId))?.payload).toBe('"hello"');
    const empty = await fetch(`${started.url}/v1/hooks/${slug}`, { method: "POST" });
    expect(empty.status).toBe(202);
  });

  test("a delivery that is sent again is the event that it was", async () => {
    const { slug } = await makeWebhook();
    const headers = { "x-github-delivery": "72d3162e" };
    const [one, two] = [await send(slug, "{}", headers), await send(slug, "{}", headers)];
    expect(two.eventId).toBe(one.eventId);
    expect((await send(slug, "{}")).eventId).not.toBe((await send(slug, "{}")).eventId);
  });
});

describe("a request is refused", () => {
  test("where there is no webhook, or it is switched off", async () => {
    const { slug } = await makeWebhook({ enabled: false });
    expect(await send(slug, "{}")).toMatchObject({ status: 404, error: { code: "NOT_FOUND" } });
    expect(await send("nowhere", "{}")).toMatchObject({ status: 404, error: { code: "NOT_FOUND" } });
  });

  test("when its body is too large, or is not what it says", async () => {
    const { slug } = await makeWebhook();
    const large = JSON.stringify("x".repeat(20_000));
    expect(await send(slug, large)).toMatchObject({ status: 413, error: { code: "BODY_TOO_LARGE" } });
    expect(await send(slug, "{")).toMatchObject({ status: 422, error: { code: "REQUEST_INVALID" } });
    const deep = "[".repeat(4000) + "]".repeat(4000);
    expect(await send(slug, deep)).toMatchObject({ status: 422, error: { code: "REQUEST_INVALID" } });
    // Of what does not say what it is this is a text as any other.
    const { status, eventId } = await send(slug, deep, { "content-type": "text/plain" });
    expect([status, (await readEvent(eventId))?.payload]).toEqual([202, JSON.stringify(deep)]);
  });

  test.each([
    ["a name of the product's", { event: "millrace.flow-run.{{ body }}" }],
    ["no name", { event: "{{ body.name }}" }],
    ["no resource", { event: "e", resource: { id: "{{ body.id }}" } }],
    ["a payload that is too large", { event: "e", payload: ["{% for x in range(500) %}{{ body.text }}{% endfor %}"] }],
  ])("when it would make an event with %s", async (_, template) => {
    const { slug } = await makeWebhook({ template });
    const answer = await send(slug, JSON.stringify({ text: "x".repeat(5000) }));
    expect(answer).toMatchObject({ status: 422, error: { code: "EVENT_INVALID" } });
  });
});

describe("signatures", () => {
  const body = '{"zen":"Keep it simple."}';

  test("of GitHub", async () => {
    const { slug } = await makeWebhook({ signature: { scheme: "github", secretName } });
    const signed = (signature: string) => send(slug, body, { "x-hub-signature-256": signature });
    expect(await signed(`sha256=${hmac(body)}`)).toMatchObject({ status: 202 });
    const refusals = [
      await signed(`sha256=${hmac(body, "another")}`),
      await signed(`sha256=${hmac(`${body} `)}`),
      await signed(hmac(body)),
      await signed("sha256="),
      await send(slug, body),
    ];
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ status: 401, error: { code: "WEBHOOK_SIGNATURE_INVALID" } });
    }
  });

  test("in a header of one's own, in hexadecimal or base64, which no template reads", async () => {
    const { slug } = await makeWebhook({
      signature: { scheme: "header", secretName, header: "X-Shop-Hmac" },
      template: { event: "e", payload: "{{ headers['x-shop-hmac'] }}" },
    });
    const base64 = createHmac("sha256", secret).update(body).digest("base64");
    const good = await send(slug, body, { "x-shop-hmac": hmac(body) });
    expect(await readEvent(good.eventId)).toMatchObject({ payload: "null" });
    expect(await send(slug, body, { "x-shop-hmac": base64 })).toMatchObject({ status: 202 });
    expect(await send(slug, body, { "x-shop-hmac": hmac("") })).toMatchObject({ status: 401 });
  });

  test("with a time: near to now, and each but once", async () => {
    const { slug } = await makeWebhook({ signature: { scheme: "timestamped", secretName, toleranceMs: 60_000 } });
    const signed = (seconds: number, more = "") => {
      const t = now / 1000 + seconds;
      return send(slug, body, { "stripe-signature": `t=${t},${more}v1=${hmac(`${t}.${body}`)}` });
    };
    const first = await signed(-30);
    expect(first.status).toBe(202);
    expect((await signed(-30, `v1=${"0".repeat(64)},`)).eventId).toBe(first.eventId);
    expect((await signed(30)).eventId).not.toBe(first.eventId);
    for (const seconds of [-61, 61]) expect(await signed(seconds)).toMatchObject({ status: 401 });
    const moved = `t=${now / 1000},v1=${hmac(`${now / 1000 - 30}.${body}`)}`;
    expect(await send(slug, body, { "stripe-signature": moved })).toMatchObject({ status: 401 });
    expect(await send(slug, body, { "stripe-signature": "t=,v1=" })).toMatchObject({ status: 401 });
  });

  describe("by Standard Webhooks", () => {
    const key = Buffer.alloc(32, "k");
    const named = "standard-hook";
    beforeAll(async () => {
      const sealed = await testVault.seal(named, `whsec_${key.toString("base64")}`);
      await api.writeSecret({ name: named, sealed });
    });

    function signedHeaders({ id = `msg-${shortId()}`, seconds = 0, of = body, by = key } = {}): Record<string, string> {
      const timestamp = String(now / 1000 + seconds);
      const made = createHmac("sha256", by).update(`${id}.${timestamp}.${of}`).digest("base64");
      return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1a,AAAA v1,${made}` };
    }

    const makeStandard = () => makeWebhook({ signature: { scheme: "standard", secretName: named } });

    test("are taken within five minutes, and a message that is sent again is the event that it was", async () => {
      const { slug } = await makeStandard();
      const first = await send(slug, body, signedHeaders({ id: "msg-1", seconds: -300 }));
      expect(first.status).toBe(202);
      expect(await send(slug, body, signedHeaders({ id: "msg-1", seconds: -300 }))).toEqual(first);
      expect(await send(slug, body, signedHeaders({ id: "msg-1", seconds: 20 }))).toEqual(first);
      expect((await send(slug, body, signedHeaders({ id: "msg-2" }))).eventId).not.toBe(first.eventId);
    });

    test("are refused when what was heard is sent later, altered, or as another message", async () => {
      const { slug } = await makeStandard();
      const heard = signedHeaders({ id: "msg-3" });
      const later = String(now / 1000 + 1);
      const attempts: readonly (readonly [string, Record<string, string>])[] = [
        [body, signedHeaders({ seconds: -301 })],
        [body, signedHeaders({ seconds: 301 })],
        [body, signedHeaders({ seconds: -360 })],
        [`${body} `, heard],
        [body, { ...heard, "webhook-timestamp": later }],
        [body, { ...heard, "webhook-id": "msg-4" }],
        [body, { ...heard, "webhook-id": `msg-3.${heard["webhook-timestamp"]}` }],
        [body, { ...heard, "webhook-signature": (heard["webhook-signature"] ?? "").replace("v1,", "v2,") }],
        [body, { ...heard, "webhook-signature": `v1,${"A".repeat(44)}` }],
        [body, { ...heard, "webhook-signature": "v1," }],
        [body, { ...heard, "webhook-id": "" }],
        [body, { ...heard, "webhook-timestamp": "1e9" }],
        [body, signedHeaders({ by: Buffer.alloc(32, "x") })],
        [body, {}],
      ];
      for (const [text, headers] of attempts) {
        const answer = await send(slug, text, headers);
        expect([answer.status, answer.error?.code]).toEqual([401, "WEBHOOK_SIGNATURE_INVALID"]);
      }
      expect((await api.listEvents({ names: [`webhook.${slug}`] })).items).toEqual([]);
    });

    test("need a secret of theirs", async () => {
      const { slug } = await makeWebhook({ signature: { scheme: "standard", secretName } });
      expect(await send(slug, body, signedHeaders())).toMatchObject({
        status: 500,
        error: { code: "WEBHOOK_UNUSABLE" },
      });
    });
  });

  test("with a time are taken within five minutes where nothing else is said", async () => {
    const { slug } = await makeWebhook({ signature: { scheme: "timestamped", secretName } });
    const statuses: number[] = [];
    for (const seconds of [-300, 300, -301, 301, -360]) {
      const t = now / 1000 + seconds;
      const signed = { "stripe-signature": `t=${t},v1=${hmac(`${t}.${body}`)}` };
      statuses.push((await send(slug, body, signed)).status);
    }
    expect(statuses).toEqual([202, 202, 401, 401, 401]);
  });

  test("need their secret", async () => {
    const { slug } = await makeWebhook({ signature: { scheme: "github", secretName: "nobody-has-set-it" } });
    const answer = await send(slug, body, { "x-hub-signature-256": `sha256=${hmac(body)}` });
    expect(answer).toMatchObject({ status: 500, error: { code: "WEBHOOK_UNUSABLE" } });
    expect(answer.error?.message).not.toContain("nobody-has-set-it");
  });
});

test("a webhook whose template or slug cannot be used is not kept", async () => {
  const { slug } = await makeWebhook();
  const bad = [
    makeWebhook({ slug: "Not A Slug" }),
    makeWebhook({ template: { event: "{{ body." } }),
    makeWebhook({ template: { event: "e", resource: { name: "x" } } }),
    makeWebhook({ template: { event: "e", payload: { deep: ["{% if %}"] } } }),
  ];
  for (const each of bad) await expect(each).rejects.toMatchObject({ code: "OBJECT_INVALID" });
  await expect(makeWebhook({ slug })).rejects.toMatchObject({ code: "OBJECT_EXISTS", data: { name: slug } });
});

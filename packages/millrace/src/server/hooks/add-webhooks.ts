/**
 * Inbound webhooks: a request to `/v1/hooks/<slug>` becomes an event, which automations see like any other. Who may send is
 * decided by the signature, which is checked before anything of the body is read.
 */

import type { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Api } from "../../contract/api.ts";
import { MillraceError } from "../../contract/errors.ts";
import type { Webhook, WebhookSignature } from "../../contract/objects.ts";
import type { Vault } from "../../contract/runtime.ts";
import type { Clock } from "../../kit/clock.ts";
import { uuidFromHash, uuidv7 } from "../../kit/ids.ts";
import { standardSecretForm, toStandardKey } from "../../kit/standard-webhook.ts";
import { noteKeptOut } from "../access/guard.ts";
import { serverRoute } from "../access/server-route.ts";
import { readBytes } from "../http/read-body.ts";
import { checkSignature, signatureHeader } from "./check-signature.ts";
import { makeEvent, toHookHeaders } from "./make-event.ts";
import { readHookBody } from "./read-hook-body.ts";

/** Headers by which senders name a delivery, so that one that is sent again is known. */
const deliveryHeaders = ["x-github-delivery", "webhook-id", "idempotency-key"] as const;

export interface WebhooksOptions {
  readonly api: Pick<Api, "listObjects" | "readSecret" | "record">;
  readonly clock: Clock;
  /** Opens the secrets that signatures are made with. */
  readonly vault: Vault;
  /** The largest body, in bytes. */
  readonly maxBodyBytes: number;
  /** Called after an event was recorded. */
  readonly onEvents: () => void;
}

interface HookRequest {
  Params: { readonly slug: string };
  Querystring: Readonly<Record<string, unknown>>;
}

export function addWebhooks(app: FastifyInstance, options: WebhooksOptions): void {
  const { api, clock, maxBodyBytes, onEvents } = options;
  app.register(async (scope) => {
    // A signature is of the bytes as they were sent, whatever they are.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_: FastifyRequest, payload: Readable) => readBytes(payload, maxBodyBytes));

    scope.post<HookRequest>("/v1/hooks/:slug", serverRoute("hook"), async (request, reply) => {
      const { headers, params, query } = request;
      const webhook = await findWebhook(api, params.slug);
      const bytes = request.body instanceof Uint8Array ? request.body : new Uint8Array();
      const at = clock.now();
      const { signature = null } = webhook;
      const once =
        signature === null
          ? null
          : await proveSender(options, { webhook, signature, headers, bytes, at }).catch((error: unknown) =>
              noteKeptOut(request, error),
            );
      const event = makeEvent(
        webhook,
        {
          body: readHookBody(bytes, headers["content-type"]),
          headers: toHookHeaders(headers, signature === null ? null : signatureHeader(signature)),
          query,
        },
        { id: toEventId(webhook, once ?? deliveryOf(headers)), at },
      );
      await api.record({ processId: `webhook:${webhook.id}`, events: [event] });
      onEvents();
      return reply
        .code(202)
        .type("application/json; charset=utf-8")
        .send(JSON.stringify({ eventId: event.id }));
    });
  });
}

/** One that is switched off is not there for those who send. */
async function findWebhook(api: Pick<Api, "listObjects">, slug: string): Promise<Webhook> {
  const where = {
    all: [
      { field: "slug", in: [slug] },
      { field: "enabled", in: [true] },
    ],
  };
  const [webhook] = (await api.listObjects("webhook", { where }, { limit: 1 })).items;
  if (webhook !== undefined) return webhook;
  throw new MillraceError("NOT_FOUND", {
    kind: "webhook",
    name: slug,
    advice: "Correct the address, or switch the webhook on.",
  });
}

/** What tells this request from all others, if its signature does. @throws WEBHOOK_SIGNATURE_INVALID, WEBHOOK_UNUSABLE */
async function proveSender(
  { api, vault }: Pick<WebhooksOptions, "api" | "vault">,
  {
    webhook: { slug },
    signature,
    headers,
    bytes,
    at,
  }: {
    readonly webhook: Webhook;
    readonly signature: WebhookSignature;
    readonly headers: FastifyRequest["headers"];
    readonly bytes: Uint8Array;
    readonly at: number;
  },
): Promise<string | null> {
  const kept = await api.readSecret(signature.secretName);
  if (kept === null) throw new MillraceError("WEBHOOK_UNUSABLE", { slug, reason: "its secret is not there" });
  const secret = await vault.open(kept.name, kept.sealed).catch((cause: unknown) => {
    throw new MillraceError("WEBHOOK_UNUSABLE", { slug, reason: "this server cannot open its secret" }, { cause });
  });
  if (signature.scheme === "standard" && toStandardKey(secret) === null) {
    throw new MillraceError("WEBHOOK_UNUSABLE", { slug, reason: `its secret is not ${standardSecretForm}` });
  }
  const check = checkSignature(signature, { headers, body: bytes }, { secret, now: at });
  if (!check.isGood) throw new MillraceError("WEBHOOK_SIGNATURE_INVALID", { slug, reason: check.reason });
  return check.once;
}

function deliveryOf(headers: FastifyRequest["headers"]): string | null {
  for (const name of deliveryHeaders) {
    const value = headers[name];
    if (typeof value === "string" && value !== "") return `${name}: ${value}`;
  }
  return null;
}

/** A request that is sent again, or by somebody who has heard it, is the event that it was. */
function toEventId({ id }: Webhook, once: string | null): string {
  return once === null ? uuidv7() : uuidFromHash(JSON.stringify(["webhook", id, once]));
}

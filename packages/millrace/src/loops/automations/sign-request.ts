/**
 * Signs what is sent by a block that names a secret for it, by the convention of Standard Webhooks: whoever has the secret can tell
 * that it is from here, when it was sent, and whether it was sent before.
 */

import type { Api } from "../../contract/api.ts";
import type { Vault } from "../../contract/runtime.ts";
import type { Clock } from "../../kit/clock.ts";
import { crypto } from "../../kit/sha256.ts";
import {
  standardHeaders,
  standardSecretForm,
  standardStart,
  standardVersion,
  toStandardKey,
} from "../../kit/standard-webhook.ts";
import type { OpenBlock } from "./open-block.ts";
import type { HttpRequest } from "./send-http.ts";

/** Types of blocks whose requests are of people's own making, so that whoever takes them can check a signature. */
const signedTypes: ReadonlySet<string> = new Set(["webhook", "custom-webhook"]);

export interface SigningContext {
  readonly api: Pick<Api, "readSecret">;
  readonly vault: Vault;
  readonly clock: Clock;
}

export interface SignedRequest {
  readonly request: HttpRequest;
  /** What it was signed with. */
  readonly secrets: readonly string[];
}

/**
 * The request as it was, where its block names no secret.
 *
 * @param options.id the same each time this message is sent
 * @throws Error that says which secret cannot be used, and why
 */
export async function signRequest(
  request: HttpRequest,
  { context, block, id }: { readonly context: SigningContext; readonly block: OpenBlock; readonly id: string },
): Promise<SignedRequest> {
  const names = secretNames(block);
  if (names.length === 0) return { request, secrets: [] };
  const secrets = await Promise.all(names.map((name) => readSecret(context, name)));
  const timestamp = String(Math.floor(context.clock.now() / 1000));
  const body = request.method === "GET" ? "" : (request.body ?? "");
  const signatures = secrets.map(({ key }) => {
    const made = crypto().createHmac("sha256", key).update(standardStart({ id, timestamp })).update(body);
    return `${standardVersion},${made.digest("base64")}`;
  });
  const own: Readonly<Record<string, string>> = {
    [standardHeaders.id]: id,
    [standardHeaders.timestamp]: timestamp,
    [standardHeaders.signature]: signatures.join(" "),
  };
  const others = Object.entries(request.headers).filter(([name]) => !Object.hasOwn(own, name.toLowerCase()));
  return {
    request: { ...request, headers: { ...Object.fromEntries(others), ...own } },
    secrets: secrets.map(({ text }) => text),
  };
}

/** Several, separated by blanks, while one is being changed for another. */
function secretNames({ type, data }: OpenBlock): readonly string[] {
  const named = signedTypes.has(type) ? data.signing_secret : undefined;
  return typeof named === "string" ? named.split(/[\s,]+/).filter((name) => name !== "") : [];
}

async function readSecret(
  { api, vault }: SigningContext,
  name: string,
): Promise<{ readonly text: string; readonly key: Uint8Array }> {
  const kept = await api.readSecret(name);
  if (kept === null) throw new Error(`the secret \`${name}\` that it is to be signed with is not there`);
  const text = await vault.open(kept.name, kept.sealed).catch((cause: unknown) => {
    throw new Error(`the secret \`${name}\` that it is to be signed with cannot be opened here`, { cause });
  });
  const key = toStandardKey(text);
  if (key === null) throw new Error(`the secret \`${name}\` signs nothing: it must be ${standardSecretForm}`);
  return { text, key };
}

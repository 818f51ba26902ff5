/** Tokens that prove nothing, from a provider that sends whatever a test wants. */

import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../kit/clock.ts";
import { createOidcClient, createSignInSecrets, type OidcClient, type SignInSecrets } from "./oidc-client.ts";

type Part = Readonly<Record<string, unknown>>;

const clientId = "millrace";
const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const foreign = generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwk = { ...keys.publicKey.export({ format: "jwk" }), kid: "one", use: "sig" };

let server: Server;
let issuer: string;
let metadata: Part;
let tokens: () => unknown;
let asked: string[];
let client: OidcClient;
let secrets: SignInSecrets;

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const answers: Readonly<Record<string, () => unknown>> = {
      "/.well-known/openid-configuration": () => metadata,
      "/jwks": () => ({ keys: [jwk] }),
      "/token": () => tokens(),
      "/userinfo": () => ({ sub: "ada", groups: ["staff"] }),
    };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answers[request.url ?? ""]?.() ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  metadata = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    id_token_signing_alg_values_supported: ["RS256", "HS256", "none"],
  };
  client = open();
  secrets = createSignInSecrets("http://127.0.0.1/callback");
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const open = (): OidcClient =>
  createOidcClient({ name: "Example", issuer, clientId, clientSecret: "s", scopes: [] }, { clock: systemClock });
const nowS = (): number => Math.floor(systemClock.now() / 1000);
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const goodClaims = (): Part => ({
  iss: issuer,
  aud: clientId,
  sub: "ada",
  nonce: secrets.nonce,
  iat: nowS(),
  exp: nowS() + 300,
});
const bySigning = (key: KeyObject) => (text: string) => sign("sha256", Buffer.from(text), key).toString("base64url");

interface Token {
  readonly header?: Part;
  readonly claims?: Part;
  readonly signed?: (text: string) => string;
}

function toToken({ header = {}, claims = {}, signed = bySigning(keys.privateKey) }: Token): string {
  const text = `${part({ alg: "RS256", kid: "one", ...header })}.${part({ ...goodClaims(), ...claims })}`;
  return `${text}.${signed(text)}`;
}

function prove(token: string, needed: readonly string[] = []) {
  tokens = () => ({ access_token: "a", token_type: "bearer", id_token: token });
  const answer = new URLSearchParams({ code: "c", state: secrets.state });
  return client.prove(answer, { secrets, needed });
}

const refused = { code: expect.stringMatching(/^OIDC_(REFUSED|UNUSABLE)$/) as string };

describe("a token", () => {
  test("that is good tells who it is", async () => {
    expect(await prove(toToken({}))).toMatchObject({ sub: "ada", iss: issuer });
    expect(await prove(toToken({ claims: { aud: [clientId], azp: clientId } }))).toMatchObject({ sub: "ada" });
  });

  test.each([-55, 55])("may be of a clock that differs by %i s", async (s) => {
    expect(
      await prove(toToken({ claims: { exp: nowS() + 1 + Math.min(0, s), nbf: nowS() + Math.max(0, s) } })),
    ).toMatchObject({ sub: "ada" });
  });

  const cases: readonly (readonly [string, () => Token])[] = [
    ["has no signature", () => ({ header: { alg: "none" }, signed: () => "" })],
    ["says none, in another way", () => ({ header: { alg: "NoNe" }, signed: () => "" })],
    ["has an empty signature", () => ({ signed: () => "" })],
    ["is signed by another's key", () => ({ signed: bySigning(foreign.privateKey) })],
    [
      "is signed by another's key, of which it says where it is",
      () => ({
        header: {
          kid: undefined,
          jku: `${issuer}/evil`,
          x5u: `${issuer}/evil`,
          jwk: foreign.publicKey.export({ format: "jwk" }),
        },
        signed: bySigning(foreign.privateKey),
      }),
    ], // prettier-ignore
    [
      "is signed with the public key as a shared secret",
      () => ({
        header: { alg: "HS256" },
        signed: (text) =>
          createHmac("sha256", keys.publicKey.export({ format: "pem", type: "spki" }))
            .update(text)
            .digest("base64url"),
      }),
    ], // prettier-ignore
    [
      "is signed with the client's secret",
      () => ({
        header: { alg: "HS256" },
        signed: (text) => createHmac("sha256", "s").update(text).digest("base64url"),
      }),
    ], // prettier-ignore
    ["says another algorithm than its provider has", () => ({ header: { alg: "RS512" } })],
    ["names a key by a path", () => ({ header: { kid: "../../../../dev/null" } })],
    ["names a key by an address", () => ({ header: { kid: "http://127.0.0.1/evil" } })],
    ["asks for what nobody knows", () => ({ header: { crit: ["x"], x: 1 } })],
    ["is for somebody else", () => ({ claims: { aud: "another" } })],
    ["is for several, and not from this client", () => ({ claims: { aud: [clientId, "another"], azp: "another" } })],
    ["is for several, and does not say from whom", () => ({ claims: { aud: [clientId, "another"] } })],
    ["is from somebody else", () => ({ claims: { iss: "https://evil.example" } })],
    ["is from almost the same", () => ({ claims: { iss: `${issuer}/` } })],
    ["has expired", () => ({ claims: { exp: nowS() - 65 } })],
    ["has no end", () => ({ claims: { exp: undefined } })],
    ["ends at no time", () => ({ claims: { exp: "tomorrow" } })],
    ["is not valid yet", () => ({ claims: { nbf: nowS() + 65 } })],
    ["is of another sign-in", () => ({ claims: { nonce: "another" } })],
    ["is of no sign-in", () => ({ claims: { nonce: undefined } })],
    ["says of nobody", () => ({ claims: { sub: undefined } })],
    ["says of nobody that is a text", () => ({ claims: { sub: 7 } })],
    ["is huge", () => ({ claims: { groups: "x".repeat(600_000) } })],
  ];
  test.each(cases)("that %s proves nothing", async (_, token) => {
    await expect(prove(toToken(token()))).rejects.toMatchObject(refused);
    expect(asked).not.toContain("/evil");
  });

  test.each(["", "a.b.c", "....", `${"a".repeat(100)}.b`, "null"])("that is %j is none", async (token) => {
    await expect(prove(token)).rejects.toMatchObject(refused);
  });

  test("is changed by nobody on the way", async () => {
    const [header = "", , signature = ""] = toToken({}).split(".");
    await expect(prove(`${header}.${part({ ...goodClaims(), sub: "admin" })}.${signature}`)).rejects.toMatchObject(
      refused,
    );
  });

  test("has what its provider tells of the person beside it", async () => {
    metadata = { ...metadata, userinfo_endpoint: `${issuer}/userinfo` };
    client = open();
    expect(await prove(toToken({}), ["groups"])).toMatchObject({ sub: "ada", groups: ["staff"] });
    await expect(prove(toToken({ claims: { sub: "eve" } }), ["groups"])).rejects.toMatchObject(refused);
    asked = [];
    expect(await prove(toToken({ claims: { groups: ["own"] } }), ["groups"])).toMatchObject({ groups: ["own"] });
    expect(asked).not.toContain("/userinfo");
  });
});

describe("a provider", () => {
  const begin = () => open().toSignInUrl(secrets);

  test.each([
    ["that is another than it says", () => ({ ...metadata, issuer: "https://evil.example" })],
    [
      "that signs by nothing that can be trusted",
      () => ({ ...metadata, id_token_signing_alg_values_supported: ["HS256", "none"] }),
    ], // prettier-ignore
    ["without a page to sign in", () => ({ ...metadata, authorization_endpoint: undefined })],
    ["that says far too much", () => ({ ...metadata, more: "x".repeat(600_000) })],
  ])("%s is not used", async (_, change) => {
    metadata = change();
    await expect(begin()).rejects.toMatchObject({ code: "OIDC_UNUSABLE" });
  });

  test("is read once for many", async () => {
    await Promise.all([client.toSignInUrl(secrets), client.toSignInUrl(secrets), client.toSignInUrl(secrets)]);
    expect(asked).toEqual(["/.well-known/openid-configuration"]);
  });
});

/**
 * Coming in by an identity provider: the browser goes there from `/v1/session/oidc/start`, and comes back to
 * `/v1/session/oidc/callback`. What only this sign-in may know (state, nonce, the verifier of PKCE, where to go afterwards) is
 * sealed in a cookie for ten minutes: nobody comes back by a sign-in that another browser began.
 */

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import * as z from "zod";
import type { Access, Identity, OpenedSession } from "../../contract/access.ts";
import { isMillraceError, MillraceError } from "../../contract/errors.ts";
import type { Vault } from "../../contract/runtime.ts";
import type { Clock } from "../../kit/clock.ts";
import { late } from "../../kit/late.ts";
import { readCookie, sessionCookie } from "./credentials.ts";
import { pathOf } from "./guard.ts";
import { decidePerson, neededClaims } from "./oidc/decide-person.ts";
import type { SignInSecrets } from "./oidc/oidc-client.ts";
import type { OidcOptions } from "./oidc/oidc-options.ts";
import { toReturnPath } from "./oidc/return-path.ts";
import { serverRoute } from "./server-route.ts";
import { isSecure, setCookie } from "./set-cookie.ts";

const cookieName = "millrace_oidc";
/** What the cookie is sealed under. */
const sealName = "sign-in by OpenID Connect";
const maxAgeMs = 10 * 60_000;
const callbackPath = "v1/session/oidc/callback";
/** From there to the first page, also under a path that a proxy has put before it. */
const toFirstPage = "../../../";

interface BegunSignIn extends SignInSecrets {
  readonly returnPath: string;
  readonly expiresAt: number;
}

const begunSignIn: z.ZodType<BegunSignIn> = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  redirectUri: z.string(),
  returnPath: z.string(),
  expiresAt: z.number(),
});

export interface OidcRoutesOptions {
  readonly oidc: OidcOptions;
  readonly access: Access;
  readonly vault: Vault;
  readonly clock: Clock;
  /** Told of sign-ins that did not work, whose browser is told no more than a code. */
  readonly onFailure: (failure: { readonly requestId: string; readonly error: unknown }) => void;
}

export function addOidcRoutes(
  app: FastifyInstance,
  { oidc, access, vault, clock, onFailure }: OidcRoutesOptions,
): void {
  const opened = late(async () => {
    const { createOidcClient, createSignInSecrets } = await import("./oidc/oidc-client.ts");
    return { client: createOidcClient(oidc, { clock }), createSignInSecrets };
  });

  app.get<{ Querystring: { readonly to?: unknown } }>(
    "/v1/session/oidc/start",
    { ...serverRoute("beginOidc"), exposeHeadRoute: false },
    (request, reply) =>
      orFirstPage(request, reply, async () => {
        const { client, createSignInSecrets } = await opened();
        const secrets = createSignInSecrets(firstPageOf(request) + callbackPath);
        const begun: BegunSignIn = {
          ...secrets,
          returnPath: toReturnPath(request.query.to),
          expiresAt: clock.now() + maxAgeMs,
        };
        const url = await client.toSignInUrl(secrets);
        setCookie(request, reply, {
          name: cookieName,
          value: await vault.seal(sealName, JSON.stringify(begun)),
          maxAgeS: maxAgeMs / 1000,
        });
        return url;
      }),
  );

  app.get("/v1/session/oidc/callback", { ...serverRoute("endOidc"), exposeHeadRoute: false }, (request, reply) =>
    orFirstPage(request, reply, async () => {
      const begun = await readBegun(request);
      setCookie(request, reply, { name: cookieName, value: "", maxAgeS: 0 });
      const { token, expiresAt } = await signIn(request, begun);
      const maxAgeS = Math.floor((expiresAt - clock.now()) / 1000);
      setCookie(request, reply, { name: sessionCookie, value: token, maxAgeS });
      return toFirstPage + begun.returnPath;
    }),
  );

  /** Goes where it says, or to the first page with the code of what went wrong. */
  async function orFirstPage(
    request: FastifyRequest,
    reply: FastifyReply,
    work: () => Promise<string>,
  ): Promise<FastifyReply> {
    reply.header("cache-control", "no-store").header("referrer-policy", "no-referrer");
    try {
      return await reply.redirect(await work(), 303);
    } catch (error) {
      onFailure({ requestId: request.id, error });
      const code = isMillraceError(error) ? error.code : "SERVER_FAILED";
      return reply.redirect(`${toFirstPage}?signIn=${code}`, 303);
    }
  }

  function firstPageOf(request: FastifyRequest): string {
    return oidc.publicUrl ?? `${isSecure(request) ? "https" : "http"}://${request.headers.host ?? ""}/`;
  }

  /** @throws OIDC_REFUSED */
  async function readBegun({ headers }: FastifyRequest): Promise<BegunSignIn> {
    const sealed = readCookie(headers.cookie, { name: cookieName, form: /^v2[\w.-]{1,4000}$/ });
    const text = sealed === null ? null : await vault.open(sealName, sealed).catch(() => null);
    const begun = text === null ? null : begunSignIn.parse(JSON.parse(text));
    if (begun !== null && begun.expiresAt > clock.now()) return begun;
    throw refused("it was begun in another browser, or too long ago");
  }

  /** It is in the audit log, whatever became of it. @throws OIDC_REFUSED, OIDC_UNUSABLE, ATTEMPTS_EXCEEDED */
  async function signIn(request: FastifyRequest, begun: BegunSignIn): Promise<OpenedSession> {
    const { client } = await opened();
    const answer = new URL(request.url, "http://localhost").searchParams;
    const needed = neededClaims(oidc.people);
    let name: string | null = null;
    try {
      const session = await access.signInProved({
        from: request.clientAddress,
        async prove() {
          const claims = await client.prove(answer, { secrets: begun, needed });
          const decision = decidePerson(claims, oidc.people);
          if (!decision.isLetIn) throw refused(`${decision.reason} (${JSON.stringify(claims.sub).slice(0, 100)})`);
          ({ name } = decision);
          return { issuer: oidc.issuer, subject: claims.sub, ...decision };
        },
      });
      if (session === null) throw refused("their account is disabled");
      await audit(request, { name, identity: session.identity, status: 303 });
      return session;
    } catch (error) {
      const status = isMillraceError(error) ? error.status : 500;
      if (status !== 429) await audit(request, { name, identity: null, status });
      throw error;
    }
  }

  function refused(reason: string): MillraceError {
    return new MillraceError("OIDC_REFUSED", { provider: oidc.name, reason });
  }

  function audit(
    request: FastifyRequest,
    {
      name,
      identity,
      status,
    }: { readonly name: string | null; readonly identity: Identity | null; readonly status: number },
  ): Promise<void> {
    return access.audit({
      at: clock.now(),
      accountId: identity?.account.id ?? null,
      accountName: identity?.account.name ?? name,
      means: null,
      keyId: null,
      address: request.clientAddress,
      action: "signInByOidc",
      path: pathOf(request),
      outcome: identity !== null ? "done" : status === 403 ? "denied" : "failed",
      status,
      requestId: request.id,
    });
  }
}

/**
 * OpenID Connect as its client: the authorization code flow with PKCE, by oauth4webapi (docs/decisions/0019). What the provider
 * says of itself is read when it is first needed, and again every hour.
 */

import * as oauth from "oauth4webapi";
import { isMillraceError, MillraceError } from "../../../contract/errors.ts";
import type { Clock } from "../../../kit/clock.ts";
import { readClaim } from "./decide-person.ts";
import type { Claims, OidcClientOptions } from "./oidc-options.ts";
import { createProviderFetch } from "./provider-fetch.ts";

/** What both clocks may differ by, in s. */
const toleranceS = 60;
const metadataHoldsMs = 60 * 60_000;
/** A provider that could not be read is not asked again for so long, in ms. */
const failureHoldsMs = 5000;

/** Signatures that anybody can check, and nobody but the provider can make: neither `none` nor a shared secret. */
const algorithms: readonly string[] = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
]; // prettier-ignore

/** What only this sign-in knows. */
export interface SignInSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

export interface OidcClient {
  /** Where the browser goes. @throws OIDC_UNUSABLE */
  toSignInUrl(secrets: SignInSecrets): Promise<string>;
  /**
   * What the provider says of who has signed in; `needed` are the claims to be asked for where its token does not have them.
   *
   * @throws OIDC_REFUSED for an answer that is not the one to this sign-in, or proves nothing; OIDC_UNUSABLE
   */
  prove(
    answer: URLSearchParams,
    how: { readonly secrets: SignInSecrets; readonly needed: readonly string[] },
  ): Promise<Claims & { readonly sub: string }>;
}

export function createSignInSecrets(redirectUri: string): SignInSecrets {
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
  return { state, nonce, verifier: oauth.generateRandomCodeVerifier(), redirectUri };
}

export function createOidcClient(
  options: OidcClientOptions & { readonly name: string },
  { clock }: { readonly clock: Clock },
): OidcClient {
  const { issuer, clientId, clientSecret, scopes, name } = options;
  const client: oauth.Client = { client_id: clientId, [oauth.clockTolerance]: toleranceS };
  const http = {
    [oauth.customFetch]: createProviderFetch(clock),
    // Settings take http:// for a provider on this machine only.
    [oauth.allowInsecureRequests]: issuer.startsWith("http:"),
  };
  let known: { readonly provider: Promise<oauth.AuthorizationServer>; until: number } | null = null;

  function readProvider(): Promise<oauth.AuthorizationServer> {
    if (known !== null && known.until > clock.monotonic()) return known.provider;
    const entry = { provider: discover(), until: clock.monotonic() + metadataHoldsMs };
    known = entry;
    entry.provider.catch(() => (entry.until = clock.monotonic() + failureHoldsMs));
    return entry.provider;
  }

  async function discover(): Promise<oauth.AuthorizationServer> {
    return orUnusable(async () => {
      const url = new URL(issuer);
      const found = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, http));
      const offered = found.id_token_signing_alg_values_supported ?? ["RS256"];
      const usable = offered.filter((algorithm) => algorithms.includes(algorithm));
      if (usable.length === 0) throw new Error("it signs by no algorithm that can be trusted");
      if (found.authorization_endpoint === undefined) throw new Error("it names no page to sign in");
      return { ...found, id_token_signing_alg_values_supported: usable };
    });
  }

  function clientAuthOf(provider: oauth.AuthorizationServer): oauth.ClientAuth {
    if (clientSecret === null) return oauth.None();
    const methods = provider.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    return methods.includes("client_secret_basic") || !methods.includes("client_secret_post")
      ? oauth.ClientSecretBasic(clientSecret)
      : oauth.ClientSecretPost(clientSecret);
  }

  async function readTokens(
    provider: oauth.AuthorizationServer,
    answer: URLSearchParams,
    { state, nonce, verifier, redirectUri }: SignInSecrets,
  ): Promise<{ readonly claims: oauth.IDToken; readonly accessToken: string }> {
    const parameters = oauth.validateAuthResponse(provider, client, answer, state);
    const response = await oauth.authorizationCodeGrantRequest(
      provider,
      client,
      clientAuthOf(provider),
      parameters,
      redirectUri,
      verifier,
      http,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(provider, client, response, {
      expectedNonce: nonce,
      requireIdToken: true,
    });
    await oauth.validateApplicationLevelSignature(provider, response, http);
    const claims = oauth.getValidatedIdTokenClaims(tokens);
    if (claims === undefined) throw new Error("there is no ID token");
    return { claims, accessToken: tokens.access_token };
  }

  async function orUnusable<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (cause) {
      throw isMillraceError(cause)
        ? cause
        : new MillraceError("OIDC_UNUSABLE", { provider: name, reason: reasonOf(cause) }, { cause });
    }
  }

  return {
    async toSignInUrl({ state, nonce, verifier, redirectUri }) {
      const provider = await readProvider();
      const url = new URL(provider.authorization_endpoint ?? issuer);
      const parameters = {
        response_type: "code",
        client_id: clientId,
        redirect_uri: redirectUri,
        scope: [...new Set(["openid", ...scopes])].join(" "),
        state,
        nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
      };
      for (const [parameter, value] of Object.entries(parameters)) url.searchParams.set(parameter, value);
      return url.href;
    },

    async prove(answer, { secrets, needed }) {
      const provider = await readProvider();
      try {
        const { claims, accessToken } = await readTokens(provider, answer, secrets);
        const isComplete = needed.every((claim) => readClaim(claims, claim) !== undefined);
        if (isComplete || provider.userinfo_endpoint === undefined) return claims;
        const more = await oauth.userInfoRequest(provider, client, accessToken, http);
        return { ...(await oauth.processUserInfoResponse(provider, client, claims.sub, more)), ...claims };
      } catch (cause) {
        if (isMillraceError(cause)) throw cause;
        throw new MillraceError(
          isOurFault(cause) ? "OIDC_UNUSABLE" : "OIDC_REFUSED",
          { provider: name, reason: reasonOf(cause) },
          { cause },
        );
      }
    },
  };
}

/** What no other sign-in would mend: the provider does not answer, or does not know this client. */
function isOurFault(error: unknown): boolean {
  if (error instanceof oauth.ResponseBodyError) return error.error !== "invalid_grant";
  if (error instanceof oauth.WWWAuthenticateChallengeError) return true;
  return !(
    error instanceof oauth.OperationProcessingError ||
    error instanceof oauth.UnsupportedOperationError ||
    error instanceof oauth.AuthorizationResponseError
  ); // prettier-ignore
}

/** Nothing of what was sent: tokens and codes are in the causes of these errors, not in their messages. */
function reasonOf(error: unknown): string {
  if (error instanceof oauth.ResponseBodyError || error instanceof oauth.AuthorizationResponseError) {
    return `it answered \`${error.error.replaceAll(/[^\w.-]/g, "?").slice(0, 100)}\``;
  }
  if (!(error instanceof Error)) return "unknown";
  const { cause } = error;
  return cause instanceof Error
    ? `${error.message}: ${(cause as NodeJS.ErrnoException).code ?? cause.name}`
    : error.message;
}

/** An identity provider in this process: panva's oidc-provider on loopback, with one page, to sign in. */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import Provider from "oidc-provider";

export interface TestProvider {
  readonly issuer: string;
  /** Its people by the name that they sign in with, with their claims; may be changed. */
  readonly people: Map<string, Readonly<Record<string, unknown>>>;
  stop(): Promise<void>;
}

export const testClient = { id: "millrace", secret: "a secret of the client's, long enough" } as const;

/** @param redirectUris where it sends browsers back to */
export async function startProvider(redirectUris: readonly string[]): Promise<TestProvider> {
  const people = new Map<string, Readonly<Record<string, unknown>>>();
  let provider: Provider | null = null;
  const server = createServer((request, response) => {
    if (provider === null) return;
    if (request.url?.startsWith("/sign-in/") === true) void answerPage(provider, request, response);
    else void provider.callback()(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hour = 3600;
  provider = new Provider(issuer, {
    clients: [{ client_id: testClient.id, client_secret: testClient.secret, redirect_uris: [...redirectUris] }],
    claims: { profile: ["preferred_username", "groups"], email: ["email", "email_verified"] },
    pkce: { required: () => true },
    cookies: { keys: ["a key for the cookies of a test"] },
    features: { devInteractions: { enabled: false } },
    ttl: { AccessToken: hour, IdToken: hour, Grant: hour, Interaction: hour, Session: hour },
    interactions: { url: (_, { uid }) => `/sign-in/${uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: async () => ({ sub, ...people.get(sub) }) }),
    async loadExistingGrant({ oidc }) {
      const accountId = oidc.session?.accountId;
      if (oidc.client === undefined || accountId === undefined || provider === null) return undefined;
      const grant = new provider.Grant({ accountId, clientId: oidc.client.clientId });
      grant.addOIDCScope("openid profile email");
      await grant.save();
      return grant;
    },
  });
  return {
    issuer,
    people,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const page = `<!doctype html><html lang="en"><title>Example</title><link rel="icon" href="data:,"><main><h1>Example</h1>
<form method="post" action=""><label>Login <input name="login"></label> <button>Continue</button></form></main></html>`;

/** The page to sign in, which asks for no password; what is typed there is who comes in. */
async function answerPage(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "POST") {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(page.replace('action=""', `action="${request.url ?? ""}"`));
    return;
  }
  const accountId = new URLSearchParams(await text(request)).get("login") ?? "";
  await provider.interactionFinished(request, response, { login: { accountId } });
}

/** What a browser does with cookies and redirections, for as long as it is not told to stop. */
export function createBrowser(): {
  /** Follows from there until an address begins with `stopBefore`, or a page is shown. */
  go(
    address: string,
    how?: { readonly stopBefore?: string; readonly form?: URLSearchParams },
  ): Promise<{
    readonly address: string;
    readonly status: number;
    readonly text: string;
  }>;
  readonly cookies: Map<string, string>;
} {
  const cookies = new Map<string, string>();
  return {
    cookies,
    async go(address, { stopBefore, form } = {}) {
      let [url, body] = [address, form];
      for (let hop = 0; hop < 20; hop++) {
        if (stopBefore !== undefined && url.startsWith(stopBefore)) return { address: url, status: 0, text: "" };
        const { host } = new URL(url);
        const sent = [...cookies]
          .filter(([key]) => key.startsWith(`${host} `))
          .map(([key, value]) => `${key.slice(host.length + 1)}=${value}`); // prettier-ignore
        const response = await fetch(url, {
          method: body === undefined ? "GET" : "POST",
          redirect: "manual",
          headers: { cookie: sent.join("; ") },
          ...(body === undefined ? {} : { body }),
        });
        for (const line of response.headers.getSetCookie()) {
          const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
          if (value === "" || /max-age=0/i.test(line)) cookies.delete(`${host} ${name}`);
          else cookies.set(`${host} ${name}`, value);
        }
        const location = response.headers.get("location");
        if (location === null) return { address: url, status: response.status, text: await response.text() };
        await response.body?.cancel();
        [url, body] = [new URL(location, url).href, undefined];
      }
      throw new Error(`There are too many redirections from ${address}`);
    },
  };
}

/** Signs in on the provider's page as this person, and goes back as far as `stopBefore`. */
export async function signInAtProvider(
  browser: ReturnType<typeof createBrowser>,
  start: string,
  { login, stopBefore }: { readonly login: string; readonly stopBefore?: string },
): Promise<Awaited<ReturnType<typeof browser.go>>> {
  const how = stopBefore === undefined ? {} : { stopBefore };
  const shown = await browser.go(start, how);
  const action = /action="([^"]+)"/.exec(shown.text)?.[1];
  if (action === undefined) return shown;
  return browser.go(new URL(action, shown.address).href, { ...how, form: new URLSearchParams({ login }) });
}

/** Tests in a real browser, against a server over a seeded ledger. Where there is no browser they are skipped, and say why. */

import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Client, createClient } from "millrace/client";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe } from "vitest";
import { launchBrowser } from "../../../tools/browser.ts";
import { fillLedger } from "../seeds/seed-ledger.ts";
import { seed, type SeedName } from "../seeds/seeds.ts";
import { startGuardedServer } from "./guarded-server.ts";
import type { Proxy } from "./proxy.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";
import { startStillServer } from "./still-server.ts";

/** Set by tools/vitest/dashboard.setup.ts. */
const skipped = process.env.MILLRACE_TEST_BROWSER_SKIPPED;

/** A file's tests, with one browser for all of them. */
export function describeInBrowser(name: string, tests: (browser: () => Browser) => void): void {
  describe.skipIf(skipped !== undefined)(`${name}`, () => {
    let browser: Browser | null = null;
    beforeAll(async () => {
      browser = await launchBrowser(process.env.MILLRACE_TEST_BROWSER ?? "");
    });
    afterAll(() => browser?.close());
    tests(() => {
      if (browser === null) throw new Error("The browser is there within tests only.");
      return browser;
    });
  });
}

export interface Place {
  /** With a slash at its end. */
  readonly url: string;
  readonly home: string;
  readonly api: Client;
  /** Ends the server; the ledger stays. */
  stopServer(): Promise<void>;
  /** Starts it again, at the same port. */
  startServer(): Promise<void>;
}

export interface PlaceOptions {
  /** Whether the server asks who somebody is; `api` is that of ada, an admin, then. Default false. */
  readonly hasAccessControl?: boolean;
}

/** A server over a seeded ledger, there for the tests of the `describe` that asks for it. */
export function usePlace(name: SeedName, { hasAccessControl = false }: PlaceOptions = {}): Place {
  const start = hasAccessControl ? startGuardedServer : startServerProcess;
  let place: Place | null = null;
  let server: ServerProcess | null = null;
  const home = mkdtempSync(join(process.env.MILLRACE_HOME ?? "/tmp", `dashboard-${name}-`));

  beforeAll(async () => {
    await seed(name, { home });
    const token = hasAccessControl ? await makeKey(home) : null;
    server = await start({ home });
    const { url, port } = server;
    place = {
      url: `${url}/`,
      home,
      api: createClient({ url, ...(token === null ? {} : { token }) }),
      stopServer: async () => server?.stop(),
      startServer: async () => {
        server = await start({ home, port });
      },
    };
  }, 120_000);
  afterAll(async () => {
    await server?.stop("SIGKILL");
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });

  const get = (): Place => {
    if (place === null) throw new Error("The server is there within tests only.");
    return place;
  };
  return {
    home,
    get url() {
      return get().url;
    },
    get api() {
      return get().api;
    },
    stopServer: () => get().stopServer(),
    startServer: () => get().startServer(),
  };
}

/** A server over a seeded ledger in which no time passes, there for the tests of the `describe` that asks for it. */
export function useStillPlace(name: SeedName): { readonly url: string; readonly api: Client } {
  let server: Proxy | null = null;
  const home = mkdtempSync(join(process.env.MILLRACE_HOME ?? "/tmp", `still-${name}-`));
  beforeAll(async () => {
    server = await startStillServer(name, { home });
  }, 120_000);
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });
  const getUrl = (): string => {
    if (server === null) throw new Error("The server is there within tests only.");
    return server.url;
  };
  return {
    get url() {
      return getUrl();
    },
    get api() {
      return createClient({ url: getUrl().replace(/\/$/, "") });
    },
  };
}

async function makeKey(home: string): Promise<string> {
  let text = "";
  await fillLedger({ home }, async ({ api, id }) => {
    text = (await api.createApiKey({ accountId: id("account ada"), name: "tests" })).text;
  });
  return text;
}

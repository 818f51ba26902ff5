/** Coming in by an identity provider, from the page to sign in and back to where one was. */

import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  startProvider,
  testClient,
  type TestProvider,
} from "../../packages/millrace/src/server/access/oidc/provider.testsuite.ts";
import { findBarriers } from "./harness/accessible.ts";
import { startGuardedServer } from "./harness/guarded-server.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import type { ServerProcess } from "./harness/server-process.ts";
import { visit } from "./harness/visit.ts";

const denied = /status of (401|403)|ERR_INCOMPLETE_CHUNKED/;

describeInBrowser("a dashboard with an identity provider", (browser) => {
  const place = usePlace("small", { hasAccessControl: true });
  let provider: TestProvider;
  let server: ServerProcess;

  beforeAll(async () => {
    const port = await freePort();
    provider = await startProvider([`http://127.0.0.1:${port}/v1/session/oidc/callback`]);
    provider.people.set("grace", { preferred_username: "grace.hopper", groups: ["staff"] });
    provider.people.set("eve", { preferred_username: "eve", groups: [] });
    const env = {
      MILLRACE_OIDC_ISSUER: provider.issuer,
      MILLRACE_OIDC_CLIENT_ID: testClient.id,
      MILLRACE_OIDC_CLIENT_SECRET: testClient.secret,
      MILLRACE_OIDC_NAME: "Example",
      MILLRACE_OIDC_ROLE_CLAIM: "groups",
      MILLRACE_OIDC_ROLES: "staff=viewer",
    };
    server = await startGuardedServer({ home: place.home, port, env });
  });
  afterAll(async () => {
    await server.stop();
    await provider.stop();
  });

  test("lets somebody in by it, who is then where they were", () =>
    visit(
      browser(),
      `${server.url}/`,
      { path: "runs?q=golden", tolerates: denied, goesOver: `${provider.issuer}/` },
      async ({ page }) => {
        const way = page.getByRole("link", { name: "Sign in with Example" });
        await way.waitFor();
        expect(await findBarriers(page)).toEqual([]);
        await way.click();
        await page.getByLabel("Login").fill("grace");
        await page.getByRole("button", { name: "Continue" }).click();
        await page.getByRole("link", { name: "golden-heron", exact: true }).waitFor();
        expect(page.url()).toBe(`${server.url}/runs?q=golden`);
        await page.getByRole("button", { name: "Account: grace.hopper" }).waitFor();
      },
    ));

  test("says so where it does not", () =>
    visit(
      browser(),
      `${server.url}/`,
      { path: "", tolerates: denied, goesOver: `${provider.issuer}/` },
      async ({ page }) => {
        await page.getByRole("link", { name: "Sign in with Example" }).click();
        await page.getByLabel("Login").fill("eve");
        await page.getByRole("button", { name: "Continue" }).click();
        await page.getByRole("alert").getByText("You were not let in by Example.").waitFor();
        expect(await findBarriers(page)).toEqual([]);
      },
    ));
});

/** Its provider has to know where it will be. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

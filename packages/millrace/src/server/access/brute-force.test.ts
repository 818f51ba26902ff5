/** Who tries many passwords and keys: most of them are not looked at, and all of them are told of. MILLRACE_PROPERTY_FACTOR multiplies them. */

import { afterEach, beforeEach, expect, test } from "vitest";
import { type OverHttp, startOverHttp } from "../../client/over-http.testsuite.ts";
import { makeAccounts, type WithAccounts } from "./with-accounts.testsuite.ts";

const times = 500 * Number(process.env.MILLRACE_PROPERTY_FACTOR ?? 1);

let accounts: WithAccounts;
let over: OverHttp;
beforeEach(async () => {
  accounts = await makeAccounts();
  over = await startOverHttp(accounts.api, { server: { access: accounts.access } });
});
afterEach(async () => {
  await over.server.close();
  await accounts.remove();
});

/** How many were answered with which status. */
async function tryMany(ask: (nth: number) => Promise<Response>): Promise<Readonly<Record<string, number>>> {
  const statuses: number[] = [];
  for (let nth = 0; nth < times; nth += 20) {
    const some = await Promise.all(Array.from({ length: 20 }, (_, beside) => ask(nth + beside)));
    for (const response of some) {
      statuses.push(response.status);
      const waitS = Number(response.headers.get("retry-after"));
      if (response.status === 429 && !(waitS > 0)) throw new Error("it is not said when to come again");
      await response.body?.cancel();
    }
  }
  return Object.fromEntries(
    Map.groupBy(statuses, String)
      .entries()
      .map(([status, those]) => [status, those.length]),
  );
}

/** What the audit log has of them when the server has ended. */
async function readDenied() {
  await over.server.close();
  const { items } = await accounts.api.listAuditEntries({ outcomes: ["denied"] }, { limit: 10_000 });
  return { entries: items.length, calls: items.reduce((sum, { calls }) => sum + calls, 0), items };
}

const signIn = (name: string, password: string) =>
  fetch(`${over.url}/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name, password }),
  });
const withKey = (key: string) => fetch(`${over.url}/v1/version`, { headers: { authorization: `Bearer ${key}` } });

test("sign-ins at one name stop at ten, and each is told of", { timeout: 120_000 }, async () => {
  expect(await tryMany((nth) => signIn("admin", `guess number ${nth}`))).toEqual({ 401: 10, 429: times - 10 });
  // Who has come in with a key is not kept out.
  expect((await withKey(accounts.keys.admin)).status).toBe(200);
  const { entries, calls, items } = await readDenied();
  expect(calls).toBe(times);
  expect(entries).toBeLessThan(6);
  expect(new Set(items.map(({ status }) => status))).toEqual(new Set([401, 429]));
});

test("guessed keys stop at fifty from an address, and each is told of", { timeout: 120_000 }, async () => {
  expect((await withKey(accounts.keys.viewer)).status).toBe(200);
  const guessed = await tryMany((nth) => withKey(`mr_${String(nth).padStart(65, "x")}`));
  expect(guessed["401"]).toBeLessThan(80);
  expect((guessed["401"] ?? 0) + (guessed["429"] ?? 0)).toBe(times);
  expect((await withKey(accounts.keys.viewer)).status).toBe(200);
  const { entries, calls } = await readDenied();
  expect(calls).toBe(times);
  expect(entries).toBeLessThan(10);
});

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type Client, createClient } from "../client/create-client.ts";
import type { Account } from "../contract/access.ts";
import { systemClock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { everyRoute } from "../server/access/every-route.testsuite.ts";
import { makeRun } from "../server/access/runs/with-runs.testsuite.ts";
import { makePostgresLedger, whyNot } from "../store/postgres/postgres-ledger.testsuite.ts";
import { writeSampleLedger } from "../store/suite/sample-ledger.testsuite.ts";
import { openStore } from "./open-store.ts";
import { readSettings, type Settings } from "./settings.ts";
import { type RunningServer, startServer } from "./start-server.ts";

const makeHome = (): string => mkdtempSync(join(tmpdir(), "millrace-workspaces-"));

interface UsedPlace {
  readonly settings: Settings;
  remove(): Promise<void>;
}

const onSqlite = async (): Promise<UsedPlace> => ({
  settings: readSettings({ home: makeHome(), env: {} }),
  remove: async () => undefined,
});

async function onPostgres(): Promise<UsedPlace> {
  const ledger = await makePostgresLedger();
  return {
    settings: readSettings({ home: makeHome(), database: ledger.url, env: {} }),
    async remove() {
      const named = await ledger.query("select nspname from pg_namespace where nspname like '{schema}_w_%'");
      for (const { nspname } of named) await ledger.query(`drop schema ${String(nspname)} cascade`);
      await ledger.remove();
    },
  };
}

interface Known {
  readonly account: Account;
  readonly key: string;
}

/** Tries until it no longer fails. */
async function eventually<T>(look: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await look();
    } catch (error) {
      if (tries > 600) throw error;
      await systemClock.sleep(20);
    }
  }
}

describe("workspaces of a server over SQLite", () => {
  testWorkspaces(onSqlite);
});

describe.skipIf(whyNot !== "")(`workspaces of a server over PostgreSQL${whyNot}`, () => {
  testWorkspaces(onPostgres);
});

function testWorkspaces(usePlace: () => Promise<UsedPlace>): void {
  let settings: Settings;
  let place: UsedPlace;
  let server: RunningServer;
  let admin: Client;
  let root: Known;
  let ada: Known;
  let bob: Known;
  const ids = { red: "", blue: "" };

  const at = (path: string, key: string): Client => createClient({ url: server.url + path, token: key });
  const setRole = async (name: keyof typeof ids, { account }: Known, role: "viewer" | "author" | "worker" | null) =>
    admin.setMember({ workspaceId: ids[name], accountId: account.id, role });

  /** Asks every route of a workspace for these ids, and returns the answers in which something of the sample is. */
  async function findSampleIn(
    name: keyof typeof ids,
    { key, others }: { readonly key: string; readonly others: readonly string[] },
  ): Promise<readonly string[]> {
    const found: string[] = [];
    const placeholder = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;
    // What is changed is asked last.
    const reads = everyRoute.filter(({ policy }) => policy !== "anyone" && policy.does === "read");
    for (const route of [...reads, ...everyRoute.filter((each) => !reads.includes(each))]) {
      const { verb, path, body } = route;
      if (path.startsWith("/v1/session") || path.includes("stream")) continue;
      const isNamed = path !== path.replace(placeholder, "");
      for (const id of isNamed ? others : others.slice(0, 1)) {
        const hasBody = body !== undefined && verb !== "GET" && verb !== "DELETE";
        // What is told too much may be refused.
        for (const sent of hasBody
          ? [{ filter: {} }, { where: { all: [] } }, { flow_run_id: id, ids: others }]
          : [null]) {
          const response = await fetch(`${server.url}/workspaces/${name}${path.replace(placeholder, id)}`, {
            method: verb,
            headers: { authorization: `Bearer ${key}`, ...(hasBody ? { "content-type": "application/json" } : {}) },
            ...(sent === null ? {} : { body: JSON.stringify({ ...(body as object), ...sent }) }),
            redirect: "manual",
          });
          const text = await response.text();
          if (/nightly|loaded\\n3 rows|pipeline|"0\.9"|v1\.iv/.test(text))
            found.push(`${route.name} of ${id}: ${text}`);
        }
      }
    }
    return found;
  }

  beforeAll(async () => {
    place = await usePlace();
    ({ settings } = place);
    let password = "";
    const onFirstAdmin = (made: { readonly password: string }): void => void (password = made.password);
    server = await startServer({ settings, port: 0, accessControl: true, onFirstAdmin });
    // As Prefect's clients come in, by a name and a password.
    const basic = Buffer.from(`admin:${password}`).toString("base64");
    const asAdmin: typeof fetch = (url, init) => {
      const headers = new Headers(init?.headers);
      headers.set("authorization", `Basic ${basic}`);
      return fetch(url, { ...init, headers });
    };
    const first = createClient({ url: server.url, fetch: asAdmin });
    const makeKey = async (account: Account): Promise<Known> => ({
      account,
      key: (await first.createApiKey({ accountId: account.id, name: "test" })).text,
    });
    const [found] = (await first.listAccounts()).items;
    if (found === undefined) throw new Error("there is no admin");
    root = await makeKey(found);
    admin = at("", root.key);
    ada = await makeKey(await admin.createAccount({ name: "ada", kind: "person", role: "none" }));
    bob = await makeKey(await admin.createAccount({ name: "bob", kind: "person", role: "operator" }));
    ids.red = (await admin.createWorkspace({ name: "red", description: "forecasts" })).id;
    ids.blue = (await admin.createWorkspace({ name: "blue" })).id;
    await setRole("red", ada, "author");
    await setRole("blue", bob, "viewer");
  });
  afterAll(async () => {
    await server.close();
    await place.remove();
  });

  test("are entered by their members, as what they are there", async () => {
    const red = at("/workspaces/red", ada.key);
    await red.writeVariable({ name: "threshold", value: "0.9" });
    expect((await red.readVariable("threshold"))?.value).toBe("0.9");
    expect(await at("/workspaces/red", root.key).readVariable("threshold")).toMatchObject({ value: "0.9" });
    const session = await red.readSession();
    expect(session).toMatchObject({ account: { name: "ada", role: "author" }, workspace: "red" });
    expect(session.workspaces).toEqual([{ name: "red", description: "forecasts", role: "author" }]);
    expect((await admin.readSession()).workspaces.map(({ name, role }) => [name, role])).toEqual([
      ["blue", "admin"],
      ["red", "admin"],
    ]);
    const blue = at("/workspaces/blue", bob.key);
    expect(await blue.listVariables()).toMatchObject({ items: [] });
    await expect(blue.writeVariable({ name: "x", value: "1" })).rejects.toMatchObject({ code: "FORBIDDEN" });
    // What one is on the server is nothing here.
    await expect(at("/workspaces/red", bob.key).listVariables()).rejects.toMatchObject({ code: "WORKSPACE_NOT_FOUND" });
    await expect(at("", ada.key).listVariables()).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  test("show their own by a cursor of another workspace's, and nothing of that", async () => {
    const [red, blue] = [at("/workspaces/red", root.key), at("/workspaces/blue", root.key)];
    const names = (of: string): readonly string[] => [1, 2, 3, 4].map((nth) => `${of}-${nth}`);
    for (const name of names("of-red")) await red.writeVariable({ name, value: "1" });
    for (const name of names("of-blue")) await blue.writeVariable({ name, value: "1" });
    const sorts = [undefined, "name", "createdAt", "id"].map((field) =>
      field === undefined ? {} : ({ sort: { field, direction: "asc" } } as const),
    );
    for (const query of sorts) {
      for (const [mine, other, of] of [
        [red, blue, "of-red"],
        [blue, red, "of-blue"],
      ] as const) {
        const { next } = await other.listObjects("variable", query, { limit: 1 });
        expect(next).not.toBeNull();
        const { items } = await mine.listObjects("variable", query, { limit: 100, cursor: next });
        expect(
          items.map(({ name }) => name).filter((name) => !names(of).includes(name) && name !== "threshold"),
        ).toEqual([]);
      }
    }
    for (const name of names("of-red")) await red.deleteVariable(name);
    for (const name of names("of-blue")) await blue.deleteVariable(name);
  });

  test("answer who is no member as if they were not there, by every route", async () => {
    const differing: string[] = [];
    const ask = async (name: string, { verb, path, body }: (typeof everyRoute)[number], key: string) => {
      const hasBody = body !== undefined && verb !== "GET" && verb !== "DELETE";
      const response = await fetch(`${server.url}/workspaces/${name}${path}`, {
        method: verb,
        headers: {
          "x-request-id": "1",
          ...(key === "" ? {} : { authorization: `Bearer ${key}` }),
          ...(hasBody ? { "content-type": "application/json" } : {}),
        },
        ...(hasBody ? { body: JSON.stringify(body) } : {}),
        redirect: "manual",
      });
      const headers = Object.fromEntries(
        [...response.headers].filter(([header]) => header !== "date" && header !== "etag"),
      );
      return { status: response.status, headers, body: (await response.text()).replaceAll(name, "NAME") };
    };
    for (const route of everyRoute) {
      // What is for anyone is asked as a stranger.
      for (const key of route.policy === "anyone" ? ["", ada.key] : [ada.key]) {
        const [there, nowhere] = [await ask("blue", route, key), await ask("beta", route, key)];
        const isTold = route.policy !== "anyone" && key !== "" && ![400, 404].includes(there.status);
        // One's own account is had everywhere, and what is no API is the server's own.
        const isOwn = route.path.startsWith("/v1/session") || !/^\/(v1|api)\//.test(route.path);
        if (JSON.stringify(there) !== JSON.stringify(nowhere) || (isTold && !isOwn)) {
          differing.push(`${route.name}: ${JSON.stringify(there)} and ${JSON.stringify(nowhere)}`);
        }
      }
    }
    expect(differing).toEqual([]);
  }, 120_000);

  test("see nothing of each other, whatever ids are named", async () => {
    const store = await openStore(settings, systemClock);
    const blue = await store.openBeside(ids.blue);
    await writeSampleLedger(blue);
    const run = (await blue.findFlowRuns({}, "created-asc", {})).items[0];
    const others = [
      run,
      ...(await blue.findTaskRuns({ flowRunIds: [run?.id ?? ""] }, { limit: 1 }, "first-seen")).items,
      ...(await blue.findArtifacts({}, { limit: 1 })).items,
      ...(await blue.findObjects("variable", { where: { all: [] } }, {})).items,
    ].map((found) => found?.id ?? "");
    await blue.close();
    await store.close();
    expect(others.filter((id) => id !== "")).toHaveLength(4);
    await setRole("red", ada, "author");
    await at("/workspaces/red", ada.key).deleteVariable("threshold");
    expect(await findSampleIn("red", { key: ada.key, others })).toEqual([]);
    const after = await openStore(settings, systemClock);
    const still = await after.openBeside(ids.blue);
    expect((await still.findFlowRuns({}, "created-asc", {})).items).toHaveLength(2);
    expect((await still.findObjects("variable", { where: { all: [] } }, {})).items).toHaveLength(1);
    await still.close();
    await after.close();
    // It is there to be found.
    const seen = await findSampleIn("blue", { key: root.key, others: others.slice(0, 1) });
    expect(seen.length).toBeGreaterThan(15);
  }, 240_000);

  test("are reached by Prefect's paths, and by sockets, as by ours", async () => {
    const headers = { authorization: `Bearer ${ada.key}`, "content-type": "application/json" };
    const events = await fetch(`${server.url}/workspaces/red/api/events/filter`, {
      method: "POST",
      headers,
      body: JSON.stringify({ filter: {}, limit: 1 }),
    });
    const { next_page: next } = (await events.json()) as { next_page: string | null };
    // Something was written by the tests before.
    expect(next).toMatch(new RegExp(`^${server.url}/workspaces/red/api/events/filter/next`));
    expect((await fetch(next ?? "", { headers })).status).toBe(200);

    const greet = async (name: string, key: string): Promise<string> => {
      const url = `${server.url.replace("http", "ws")}/workspaces/${name}/api/events/out`;
      const socket = new WebSocket(url, ["prefect"]);
      return new Promise((resolve, reject) => {
        socket.on("error", reject);
        socket.on("open", () => socket.send(JSON.stringify({ type: "auth", token: key })));
        socket.on("message", (data: Buffer) => {
          resolve((JSON.parse(data.toString("utf8")) as { type: string }).type);
          socket.close();
        });
        socket.on("close", (_, reason) => resolve(reason.toString("utf8")));
      });
    };
    expect(await greet("red", ada.key)).toBe("auth_success");
    expect(await greet("red", bob.key)).toBe(await greet("beta", bob.key));
    expect(await greet("red", bob.key)).not.toBe("auth_success");
  });

  test("leave accounts, keys and the audit log to the server, but for one's own", async () => {
    const asRoot = at("/workspaces/red", root.key);
    await expect(asRoot.listAccounts()).rejects.toMatchObject({ code: "WORKSPACE_HAS_NONE", data: { name: "red" } });
    await expect(asRoot.createWorkspace({ name: "inner" })).rejects.toMatchObject({ code: "WORKSPACE_HAS_NONE" });
    expect(await at("/workspaces/red", ada.key).listOwnApiKeys()).toMatchObject([{ name: "test" }]);
    await at("/workspaces/red", ada.key).writeVariable({ name: "seen", value: "1" });
    const { items } = await admin.listAuditEntries({ action: "writeVariable", accountId: ada.account.id });
    expect(items[0]).toMatchObject({ path: "/workspaces/red/v1/variables", outcome: "done" });
    const denied = { accountId: ada.account.id, outcomes: ["denied"], text: "/workspaces/blue/" } as const;
    // As many of a minute are told apart by what was asked; the rest is counted.
    expect((await admin.listAuditEntries(denied)).items.length).toBeGreaterThanOrEqual(20);
  });

  test("let nobody in any more who was taken out", async () => {
    await setRole("red", bob, "viewer");
    const red = at("/workspaces/red", bob.key);
    await eventually(() => red.listVariables());
    expect(await setRole("red", bob, null)).toBe(true);
    await eventually(async () => {
      await expect(red.listVariables()).rejects.toMatchObject({ code: "WORKSPACE_NOT_FOUND" });
    });
  });

  test("know the keys of their own runs, and those of no other workspace", async () => {
    for (const name of ["red", "blue"] as const) await setRole(name, bob, "worker");
    const { key, processId, run } = await makeRun(at("/workspaces/red", root.key), bob.key);
    await eventually(async () => {
      expect(await at("/workspaces/red", key).renewProcess(processId)).toBe(true);
      await at("/workspaces/blue", bob.key).readFlowRun(run.id);
    });
    for (const path of ["", "/workspaces/blue"]) {
      await expect(at(path, key).readFlowRun(run.id)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    }
    await setRole("blue", bob, null);
    await eventually(async () => {
      for (const path of ["/workspaces/blue", "/workspaces/none"])
        await expect(at(path, key).readFlowRun(run.id)).rejects.toMatchObject({ code: "WORKSPACE_NOT_FOUND" });
    });
    await setRole("red", bob, null);
  });

  test("have pages of their own, under the same files", async () => {
    const page = await fetch(`${server.url}/workspaces/red/runs`, { headers: { accept: "text/html" } });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("<html");
    const none = await fetch(`${server.url}/workspaces/nothing/runs`, { headers: { accept: "text/html" } });
    expect(none.status).toBe(200);
  });

  test("are renamed, deleted, restored, and removed for good", async () => {
    const { id } = await admin.createWorkspace({ name: "short" });
    const short = at("/workspaces/short", root.key);
    await short.writeVariable({ name: "x", value: "1" });
    await admin.updateWorkspace(id, { name: "brief" });
    const brief = at("/workspaces/brief", root.key);
    expect((await eventually(() => brief.readVariable("x")))?.value).toBe("1");
    await eventually(() => expect(short.listVariables()).rejects.toMatchObject({ code: "WORKSPACE_NOT_FOUND" }));

    await expect(admin.deleteWorkspace(id, { keepForMs: 0 })).rejects.toMatchObject({ code: "OBJECT_INVALID" });
    expect((await admin.deleteWorkspace(id))?.purgeAt).toBeGreaterThan(systemClock.now());
    await expect(admin.createWorkspace({ name: "brief" })).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
    await eventually(() => expect(brief.listVariables()).rejects.toMatchObject({ code: "WORKSPACE_NOT_FOUND" }));
    expect(await admin.restoreWorkspace(id)).toMatchObject({ purgeAt: null });
    expect((await eventually(() => brief.readVariable("x")))?.value).toBe("1");
    expect(await admin.deleteWorkspace(uuidv7())).toBeNull();

    // Long enough ago.
    const store = await openStore(settings, systemClock);
    const found = await store.workspaces.readWorkspace({ id });
    if (found === null) throw new Error("it is gone");
    await store.workspaces.replaceWorkspace({ ...found, purgeAt: 1, revision: found.revision + 1 }, found.revision);
    while ((await store.workspaces.readWorkspace({ id })) !== null) await systemClock.sleep(50);
    await store.close();
    await admin.createWorkspace({ name: "brief" });
    expect(await eventually(() => brief.listVariables())).toMatchObject({ items: [] });
  }, 60_000);
}

test("schedules of a workspace make runs there, also after the server was started again", async () => {
  const settings = readSettings({ home: makeHome(), env: {} });
  const one = await startServer({ settings, port: 0 });
  const own = createClient({ url: one.url });
  await own.createWorkspace({ name: "nightly" });
  const nightly = createClient({ url: `${one.url}/workspaces/nightly` });
  expect((await nightly.readSession()).workspaces).toEqual([{ name: "nightly", description: "", role: null }]);
  const daily = { slug: "daily", active: true, spec: { kind: "cron", cron: "0 0 * * *" } } as const;
  await nightly.saveDeployment({ flowName: "report", name: "report", schedules: [daily] });
  await one.close();
  const two = await startServer({ settings, port: 0 });
  const again = createClient({ url: `${two.url}/workspaces/nightly` });
  const runs = async () => (await again.listFlowRuns({})).items;
  while ((await runs()).length === 0) await systemClock.sleep(50);
  expect((await createClient({ url: two.url }).listFlowRuns({})).items).toEqual([]);
  const lost = createClient({ url: `${two.url}/workspaces/weekly` });
  await expect(lost.listFlowRuns({})).rejects.toMatchObject({ code: "WORKSPACE_NOT_FOUND" });
  await two.close();
});

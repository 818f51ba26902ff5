/**
 * Cursors that no server has made, of every list that there is: each is refused by its code, or gives rows of the list that was asked for
 * and no others. The lists are those of the table of routes. MILLRACE_PROPERTY_FACTOR multiplies the cases.
 */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { type OverHttp, startOverHttp } from "../../client/over-http.testsuite.ts";
import { isMillraceError } from "../../contract/errors.ts";
import { objectKinds } from "../../contract/query.ts";
import type { PageRequest } from "../../contract/records.ts";
import type { Store } from "../../contract/store.ts";
import { type ApiMethod, apiMethods } from "../../contract/wire/v1-calls.ts";
import { v1Routes } from "../../contract/wire/v1-routes.ts";
import { systemClock } from "../../kit/clock.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { createRandom, type Random } from "../../kit/random.ts";
import { createAccess } from "../../service/access/create-access.ts";
import { createService } from "../../service/create-service.ts";
import { makePostgresLedger, whyNot } from "../../store/postgres/postgres-ledger.testsuite.ts";
import { makeSqliteLedger } from "../../store/sqlite/sqlite-ledger.testsuite.ts";
import type { MakeLedger } from "../../store/suite/ledger.testsuite.ts";
import {
  aLogLine,
  anArtifact,
  anEvent,
  aState,
  aTaskRun,
  aTransition,
  create,
  record,
  startAt,
} from "../../store/suite/samples.testsuite.ts";

const factor = Number(process.env.MILLRACE_PROPERTY_FACTOR ?? 1);

type Listing = (page: PageRequest) => readonly unknown[];

const everything = { all: [] };
const failed = { name: "Error", message: "boom", code: null, stack: null, data: null };
/** Made with the ledger. */
const made = { deploymentId: "", fingerprint: "" };

/** Arguments of each method that answers with a page; several where the order can be chosen. */
const listings: Readonly<Partial<Record<ApiMethod, readonly Listing[]>>> = {
  listFlowRuns: ["created-desc", "created-asc", "started-asc", "due-asc", "ended-desc", "name-asc", "id-desc"].map(
    (sort): Listing =>
      (page) => [{}, sort, page],
  ),
  listFlowRunRows: [(page) => [{}, "expected-desc", page]],
  listTaskRuns: ["first-seen", "duration-asc", "name-desc", "id-desc"].map(
    (sort): Listing =>
      (page) => [{}, page, sort],
  ),
  listLogs: [(page) => [{}, page], (page) => [{ sort: { field: "at", direction: "desc" } }, page]],
  listArtifacts: [(page) => [{}, page]],
  listArtifactRows: [(page) => [{ sort: { field: "key", direction: "asc" } }, page]],
  listEvents: [(page) => [{}, page], (page) => [{ order: "newest-first" }, page]],
  summarizeFlows: [(page) => [{ since: 0, page }]],
  groupFailures: [(page) => [{ since: 0, page }]],
  listFailedRuns: [(page) => [{ since: 0, fingerprint: made.fingerprint, page }]],
  listObjects: [
    ...objectKinds.map(
      (kind): Listing =>
        (page) => [kind, {}, page],
    ),
    ...["name", "id", "revision", "createdAt"].map(
      (field): Listing =>
        (page) => ["variable", { sort: { field, direction: "desc" } }, page],
    ),
  ],
  listDeploymentVersions: [(page) => [made.deploymentId, page]],
  listVariables: [(page) => [page]],
  listAccounts: [(page) => [page]],
  listApiKeys: [(page) => [{}, page]],
  listAuditEntries: [(page) => [{}, page]],
  listWorkspaces: [(page) => [page]],
  listMembers: [(page) => [{}, page]],
  listInbox: [(page) => [{}, page]],
  changeFlowRuns: [
    ({ limit, cursor }) => [{ where: everything, action: "cancel", isDryRun: true, max: limit, cursor }],
  ],
};

async function seed(store: Store): Promise<void> {
  const api = createService({ store, clock: systemClock });
  for (const nth of [1, 2, 3]) {
    const flowName = `flow-${nth}`;
    const at = startAt + nth;
    const run = await create(store, { flowName, name: `run-${nth}`, ownerId: null });
    for (const message of ["boom", nth === 1 ? "another thing" : "boom"]) {
      const run = await create(store, { flowName });
      const change = { error: { ...failed, message }, endedAt: at + 9 };
      await record(store, { transitions: [aTransition(run, aState("FAILED", at + 9), change)] });
    }
    await create(store, {
      flowName,
      states: [aState("RUNNING", at), aState("PAUSED", at + 1, { details: { pauseKey: "go" } })],
    });
    await record(store, {
      taskRuns: [aTaskRun(run.id, undefined, { name: `task-${nth}`, epoch: run.epoch })],
      logs: [aLogLine(run.id, `line ${nth}`, { at })],
      artifacts: [anArtifact(run.id, { key: `key-${nth}` })],
      events: [anEvent({ name: `e-${nth}`, at })],
    });
    await api.writeVariable({ name: `v-${nth}`, value: "1" });
    const account = await api.createAccount({
      name: `account-${nth}`,
      kind: "service",
      role: nth === 1 ? "admin" : "viewer",
    });
    await api.createApiKey({ accountId: account.id, name: "k" });
    const workspace = await api.createWorkspace({ name: `w-${nth}` });
    await api.setMember({ workspaceId: workspace.id, accountId: account.id, role: "viewer" });
    const entry = {
      accountId: null,
      accountName: null,
      means: null,
      keyId: null,
      address: "::1",
      action: "a",
      path: "/",
    };
    await createAccess({ access: store.access, clock: systemClock }).audit({
      ...entry,
      at,
      outcome: "denied",
      status: 403,
      requestId: String(nth),
    });
    await api.createObject("work-pool", { name: `pool-${nth}`, type: "process", paused: false });
    await api.createObject("saved-search", { name: `search-${nth}` });
    await api.createObject("webhook", { name: `hook-${nth}`, slug: `hook-${nth}`, enabled: true });
  }
  const { deployment } = await api.saveDeployment({ flowName: "flow-1", name: "d", version: "1" });
  for (const version of ["2", "3"]) await api.saveDeployment({ flowName: "flow-1", name: "d", version });
  made.deploymentId = deployment.id;
  const groups = (await api.groupFailures({ since: 0 })).items;
  made.fingerprint = groups.toSorted((one, other) => other.flowRunCount - one.flowRunCount)[0]?.fingerprint ?? "";
}

/** A cursor with one of its parts changed, or what is none. */
function forgeries(cursor: string): readonly string[] {
  const random = createRandom(cursor.length);
  const values = [
    null,
    true,
    -1,
    0,
    1.5,
    1e308,
    -0,
    2 ** 53,
    2 ** 31,
    "",
    "x",
    "\0",
    "%",
    "' or 1=1 --",
    "9".repeat(40),
    "\ud800",
    [],
    {},
  ];
  const more = [
    uuidv7(),
    "0199a000",
    "Infinity",
    "__proto__",
    { toString: "x" },
    ["a", "b"],
    "NaN",
    "{}",
    "2026-01-01",
  ];
  const text = Buffer.from(cursor, "base64url").toString();
  const made: string[] = [];
  if (text.startsWith("[")) {
    const parts = JSON.parse(text) as unknown[];
    for (const [at] of parts.entries()) {
      for (const value of [...values, ...more]) {
        made.push(Buffer.from(JSON.stringify(parts.with(at, value))).toString("base64url"));
      }
    }
    made.push(Buffer.from(JSON.stringify([...parts, 1])).toString("base64url"));
    made.push(Buffer.from(JSON.stringify(parts.slice(0, -1))).toString("base64url"));
    made.push(Buffer.from(JSON.stringify({ parts })).toString("base64url"));
  }
  for (let nth = 0; nth < 10; nth++) {
    const at = Math.floor(random() * cursor.length);
    made.push(cursor.slice(0, at) + "Aa0-_~%\u00e9"[nth % 8] + cursor.slice(at + 1));
    made.push(cursor.slice(0, at));
  }
  return [
    ...made,
    "x",
    "%00",
    "[]",
    "e30",
    "W10",
    "null",
    `${cursor}${cursor}`,
    "A".repeat(100_000),
    "1~",
    "groups~1e9~a",
    "runs~0~a",
  ];
}

interface Asked {
  readonly method: ApiMethod;
  readonly listing: Listing;
  readonly what: string;
}

interface Answered {
  readonly items?: readonly unknown[];
  readonly changed?: readonly unknown[];
  readonly refused?: readonly unknown[];
  readonly next: string | null;
}

const every: readonly Asked[] = (Object.entries(listings) as [ApiMethod, readonly Listing[]][]).flatMap(
  ([method, those]) => those.map((listing) => ({ method, listing, what: `${method}(${JSON.stringify(listing({}))})` })),
);

test("every route that answers with a page is asked", () => {
  const paged = apiMethods.filter((method) => {
    const answer: unknown = v1Routes[method].answer;
    return answer instanceof z.ZodObject && "next" in answer.shape;
  });
  expect(Object.keys(listings).toSorted()).toEqual(paged.toSorted());
});

describe.each<readonly [string, MakeLedger]>([
  ["SQLite", makeSqliteLedger],
  ...(whyNot === "" ? [["PostgreSQL", makePostgresLedger] as const] : []),
])("over %s", (_, make) => {
  let over: OverHttp;
  let remove: () => Promise<void>;
  /** By list: all of its rows as JSON, and a cursor where it has several pages. */
  const rows = new Map<string, { readonly all: ReadonlySet<string>; readonly cursor: string | null }>();

  beforeAll(async () => {
    const ledger = await make();
    const store = await ledger.open();
    await seed(store);
    over = await startOverHttp(createService({ store, clock: systemClock }));
    remove = async () => {
      await over.server.close();
      await store.close();
      await ledger.remove();
    };
    for (const asked of every) {
      const all = new Set(rowsOf(await ask(asked, { limit: 1000 })));
      rows.set(asked.what, { all, cursor: (await ask(asked, { limit: 1 })).next });
    }
  });
  afterAll(() => remove());

  function ask({ method, listing }: Asked, page: PageRequest): Promise<Answered> {
    return (over.client[method] as (...args: readonly unknown[]) => Promise<Answered>)(...listing(page));
  }

  const rowsOf = ({ items, changed = [], refused = [] }: Answered): readonly string[] =>
    (items ?? [...changed, ...refused]).map((row) => JSON.stringify(row));

  /** What is wrong with the answer to this cursor; null where nothing is. */
  async function judge(asked: Asked, cursor: string): Promise<string | null> {
    const { all } = rows.get(asked.what) ?? { all: new Set() };
    try {
      const strange = rowsOf(await ask(asked, { limit: 1000, cursor })).find((row) => !all.has(row));
      return strange === undefined ? null : `gives ${strange}`;
    } catch (error) {
      if (!isMillraceError(error)) throw error;
      return error.status === 422 ? null : `${error.status} ${error.code}`;
    }
  }

  test("a cursor that was tampered with is refused, or skips rows and shows none", {
    timeout: 60_000 * factor,
  }, async () => {
    const random = createRandom(3);
    const cases = every.flatMap((asked) =>
      some(forgeries(rows.get(asked.what)?.cursor ?? "W10"), 12 * factor, random).map((cursor) => ({ asked, cursor })),
    );
    const found = await inBatches(cases, async ({ asked, cursor }) => {
      const wrong = await judge(asked, cursor);
      return wrong === null ? [] : [`${asked.what} by ${Buffer.from(cursor, "base64url").toString()}: ${wrong}`];
    });
    expect(found.slice(0, 20)).toEqual([]);
    expect(cases.length).toBeGreaterThan(500);
  });

  test("the cursor of one list is none of another's", { timeout: 60_000 * factor }, async () => {
    const random = createRandom(5);
    const cases = every.flatMap((asked) => {
      const own = rows.get(asked.what)?.cursor ?? null;
      // Of the same rows in the same order in another form it is one.
      const others = [...rows].filter(
        ([, { cursor }]) => cursor !== null && own !== null && startOf(cursor) !== startOf(own),
      );
      return some(others, 5 * factor, random).map(([other, { cursor }]) => ({ asked, other, cursor }));
    });
    const wrong = await inBatches(cases, async ({ asked, other, cursor }) => {
      const refused = await ask(asked, { limit: 1000, cursor }).then(
        () => "taken",
        (error: unknown) => (isMillraceError(error) ? error.code : String(error)),
      );
      return refused === "USAGE" ? [] : [`${asked.what} by that of ${other}: ${refused}`];
    });
    expect(wrong.slice(0, 20)).toEqual([]);
    expect(cases.length).toBeGreaterThan(100);
  });

  test("of lists with several pages there are enough for that to say something", () => {
    const withPages = [...rows].filter(([, { cursor }]) => cursor !== null).map(([what]) => what.split("(", 1)[0]);
    expect(Object.keys(listings).filter((method) => !withPages.includes(method))).toEqual([]);
  });
});

/** So many of them, drawn by chance. */
function some<Item>(items: readonly Item[], count: number, random: Random): readonly Item[] {
  const left = [...items];
  return Array.from({ length: Math.min(count, left.length) }, () =>
    left.splice(Math.floor(random() * left.length), 1),
  ).flat();
}

async function inBatches<Item>(
  items: readonly Item[],
  judge: (item: Item) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (let at = 0; at < items.length; at += 16)
    found.push(...(await Promise.all(items.slice(at, at + 16).map(judge))).flat());
  return found;
}

/** Which list, order and column it is of. */
function startOf(cursor: string): string {
  const text = Buffer.from(cursor, "base64url").toString();
  return text.startsWith("[")
    ? JSON.stringify((JSON.parse(text) as unknown[]).slice(0, 3))
    : (cursor.split("~", 1)[0] ?? "");
}

/** Every route that reads, of /v1 and of Prefect's API, asked for what there is. */

import { apiMethods } from "../../packages/millrace/src/contract/wire/v1-calls.ts";
import { v1Policies } from "../../packages/millrace/src/contract/wire/v1-policies.ts";
import { v1Routes } from "../../packages/millrace/src/contract/wire/v1-routes.ts";
import { objectKinds } from "../../packages/millrace/src/contract/query.ts";
import { prefectPolicies } from "../../packages/millrace/src/server/prefect/policies.ts";
import { prefectRouteNames, routeOf } from "../../packages/millrace/src/server/prefect/routes-table.ts";

export interface Answered {
  readonly asked: string;
  readonly status: number;
  readonly text: string;
}

export interface AskOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** By the part of a path before it, what may stand for an id there: "flow-runs", "flow_runs", "objects/flow". */
  readonly ids: Readonly<Record<string, readonly string[]>>;
}

/** Routes of the server itself, and pages. */
const others = [
  "/livez",
  "/readyz",
  "/metrics",
  "/v1/version",
  "/v1/settings",
  "/v1/status",
  "/v1/session",
  "/v1/session/api-keys",
  "/v1/openapi.json",
  "/api/openapi.json",
  "/v1/session/oidc/start",
  "/v1/session/oidc/callback?code=a&state=b",
  "/",
  "/runs",
  "/settings",
  "/blocks",
  "/v1/nothing",
];

/** What is asked with: the most that a list gives. */
const bodies = [{ filter: {}, page: { limit: 200 } }, { query: {}, page: { limit: 200 } }, { limit: 200 }, {}];

/** Requests under way at once. */
const lanes = 6;

export async function askAll({ url, headers, ids }: AskOptions): Promise<readonly Answered[]> {
  const answers: Answered[] = [];
  const jobs: (() => Promise<unknown>)[] = [];
  const ask = async (verb: string, path: string, body?: object): Promise<number> => {
    const response = await fetch(url + path, {
      method: verb,
      headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      redirect: "manual",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const told = [...response.headers].map(([name, value]) => `${name}: ${value}\n`).join("");
    answers.push({ asked: `${verb} ${path}`, status: response.status, text: told + (await response.text()) });
    return response.status;
  };
  const askFor = async (verb: string, path: string): Promise<void> => {
    if (verb === "GET") return void (await ask(verb, path));
    for (const body of bodies) if ((await ask(verb, path, body)) < 300) return;
  };
  for (const path of others) jobs.push(() => ask("GET", path));
  for (const name of apiMethods) {
    const policy = v1Policies[name];
    if (typeof policy === "function" || !["read", "work"].includes(policy.does)) continue;
    const { verb, path } = v1Routes[name];
    const isReading = policy.does === "read" || /\/(filter|due|read)$/.test(path);
    if (verb !== "PUT" && isReading) for (const each of fill(path, ids)) jobs.push(() => askFor(verb, each));
  }
  for (const name of prefectRouteNames) {
    const { verb, path } = routeOf(name);
    const policy = prefectPolicies[name];
    const isReading = verb === "GET" || /\/(filter|paginate|count|history)$/.test(path);
    const isOpen = typeof policy === "function" || policy === "anyone" || policy.does === "read";
    if (isReading && isOpen) for (const each of fill(path, ids)) jobs.push(() => askFor(verb, `/api${each}`));
  }
  const left = jobs.values();
  const work = async (): Promise<void> => {
    for (const job of left) await job();
  };
  await Promise.all(Array.from({ length: lanes }, work));
  return answers;
}

/** The path with each of the ids that may be there; only the path where it takes none. */
function fill(path: string, ids: AskOptions["ids"]): readonly string[] {
  if (path.includes(":kind")) return objectKinds.flatMap((kind) => fill(path.replace(":kind", kind), ids));
  const parameter = /:\w+/.exec(path)?.[0];
  if (parameter === undefined) return [path];
  const [, before = ""] = /^\/(?:v1\/)?(objects\/[\w-]+|[\w-]+)/.exec(path) ?? [];
  return (ids[before] ?? []).flatMap((id) => fill(path.replace(parameter, encodeURIComponent(id)), ids));
}

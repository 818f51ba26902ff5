/** Every route that there is, asked with ids that nothing has. */

import type { Policy } from "../../contract/access.ts";
import { apiMethods } from "../../contract/wire/v1-calls.ts";
import { runRightOf, v1Policies } from "../../contract/wire/v1-policies.ts";
import { v1Routes } from "../../contract/wire/v1-routes.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { prefectPolicies } from "../prefect/policies.ts";
import { prefectRouteNames, routeOf } from "../prefect/routes-table.ts";

/** A request of one route. */
export interface Asked {
  readonly name: string;
  readonly verb: string;
  readonly path: string;
  readonly body?: unknown;
  readonly policy: Policy | "anyone";
  /** Whether the keys of runs are for it. Default false. */
  readonly isForRuns?: boolean;
}

const window = { deploymentId: uuidv7(), from: 0, to: 1 };

/** Arguments that make sense where what is needed depends on them. */
const samples: Readonly<
  Record<string, readonly { readonly path?: string; readonly body?: object; readonly as: string }[]>
> = {
  createObject: ["flow", "work-pool", "webhook", "variable", "saved-search", "configuration"].map((kind) => ({
    path: `/v1/objects/${kind}`,
    as: kind,
  })),
  updateObject: ["deployment", "concurrency-limit"].map((kind) => ({
    path: `/v1/objects/${kind}/${uuidv7()}`,
    body: { change: {} },
    as: kind,
  })),
  deleteObject: ["automation", "worker"].map((kind) => ({ path: `/v1/objects/${kind}/${uuidv7()}`, as: kind })),
  changeFlowRuns: [
    { body: { where: { all: [] }, action: "cancel", isDryRun: true }, as: "dry run" },
    { body: { where: { all: [] }, action: "cancel" }, as: "cancel" },
    { body: { where: { all: [] }, action: "resume" }, as: "resume" },
    { body: { where: { all: [] }, action: "delete" }, as: "delete" },
  ],
  scheduleRuns: [
    { body: { ...window, isDryRun: true }, as: "dry run" },
    { body: window, as: "made" },
  ],
};

const fill = (path: string): string => path.replace(/:\w+/g, () => uuidv7());

const ofV1 = apiMethods.flatMap((name): readonly Asked[] => {
  const { verb, path } = v1Routes[name];
  const policy = v1Policies[name];
  const isForRuns = runRightOf(name) !== "none";
  if (typeof policy !== "function") return [{ name, verb, path: fill(path), policy, body: {}, isForRuns }];
  return (samples[name] ?? []).map((sample) => {
    const kind = sample.path?.split("/")[3];
    const args = kind === undefined ? [sample.body] : [kind];
    const asked = { verb, path: sample.path ?? fill(path), body: sample.body ?? {} };
    return { ...asked, name: `${name} (${sample.as})`, policy: policy(...args) };
  });
});

const ofPrefect = prefectRouteNames.flatMap((name): readonly Asked[] => {
  const { verb, path } = routeOf(name);
  const policy = prefectPolicies[name];
  const asked = { verb, path: `/api${fill(path)}`, body: {} };
  if (typeof policy !== "function") return [{ ...asked, name: `Prefect ${name}`, policy }];
  const secretly =
    verb === "GET" ? { path: `${asked.path}?include_secrets=true` } : { body: { include_secrets: true } };
  return [
    { ...asked, name: `Prefect ${name}`, policy: policy({ query: {}, body: {} }) },
    {
      ...asked,
      ...secretly,
      name: `Prefect ${name} (with secrets)`,
      policy: policy({ query: { include_secrets: "true" }, body: {} }),
    },
  ];
});

const read = { role: "viewer", does: "read" } as const;
const author = { role: "author", does: "change" } as const;
const own = { role: "none", does: "change" } as const;
const readOwn = { role: "none", does: "read" } as const;
const ofServer: readonly Asked[] = [
  { name: "health", verb: "GET", path: "/v1/health", policy: "anyone" },
  { name: "ready", verb: "GET", path: "/v1/ready", policy: "anyone" },
  { name: "livez", verb: "GET", path: "/livez", policy: "anyone" },
  { name: "readyz", verb: "GET", path: "/readyz", policy: "anyone" },
  { name: "metrics", verb: "GET", path: "/metrics", policy: read },
  { name: "version", verb: "GET", path: "/v1/version", policy: read, isForRuns: true },
  { name: "description", verb: "GET", path: "/v1/openapi.json", policy: read },
  { name: "description of Prefect's", verb: "GET", path: "/api/openapi.json", policy: read },
  { name: "stream of events", verb: "GET", path: "/v1/events/stream", policy: read },
  { name: "session", verb: "GET", path: "/v1/session", policy: "anyone" },
  { name: "sign-in by a provider", verb: "GET", path: "/v1/session/oidc/start", policy: "anyone" },
  { name: "sign-in by a provider, ended", verb: "GET", path: "/v1/session/oidc/callback", policy: "anyone" },
  { name: "own password", verb: "PUT", path: "/v1/session/password", body: {}, policy: own },
  { name: "own keys", verb: "GET", path: "/v1/session/api-keys", policy: readOwn },
  { name: "own key, made", verb: "POST", path: "/v1/session/api-keys", body: {}, policy: own },
  { name: "own key, deleted", verb: "DELETE", path: `/v1/session/api-keys/${uuidv7()}`, policy: own },
  { name: "secret, set", verb: "PUT", path: "/v1/secrets/x/value", body: {}, policy: author },
  { name: "block, made", verb: "POST", path: "/v1/blocks", body: {}, policy: author },
  { name: "block, read", verb: "GET", path: `/v1/blocks/${uuidv7()}/values`, policy: read },
  { name: "blocks around a block", verb: "GET", path: `/v1/blocks/${uuidv7()}/around`, policy: read },
  { name: "block, tried", verb: "POST", path: `/v1/blocks/${uuidv7()}/try`, body: {}, policy: author },
  { name: "block, changed", verb: "PUT", path: `/v1/blocks/${uuidv7()}/values`, body: {}, policy: author },
];

/** Of every route that there is at least one. */
export const everyRoute: readonly Asked[] = [...ofV1, ...ofPrefect, ...ofServer];

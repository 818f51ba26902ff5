/** Handlers over a ledger of their own, asked over HTTP. Each answer is held against the schema of its route. */

import fastify from "fastify";
import type * as z from "zod";
import type { Api } from "../../../contract/api.ts";
import type { Vault } from "../../../contract/runtime.ts";
import type { Store } from "../../../contract/store.ts";
import { type Clock, systemClock } from "../../../kit/clock.ts";
import { createService } from "../../../service/create-service.ts";
import { makeLedger } from "../../../store/ledger-under-test.testsuite.ts";
import { addPrefectRoutes } from "../add-prefect-routes.ts";
import type { UnreadableRow } from "../mapping/unreadable.ts";
import { type PrefectRoutes, routeOf } from "../routes-table.ts";
import type { PrefectContext, PrefectHandlers, PrefectRouteName } from "../routes-table-types.ts";

/** What a route answers where it is no error. */
type BodyOf<Answers> = {
  [Status in keyof Answers]: Answers[Status] extends z.ZodType ? z.output<Answers[Status]> : undefined;
}[keyof Answers];

export interface Asked<Name extends PrefectRouteName = PrefectRouteName> {
  readonly status: number;
  /** Of a success. An error's has another form, which a test compares as a whole. */
  readonly body: BodyOf<PrefectRoutes[Name]["answers"]>;
  /** In s, where the answer has it. */
  readonly retryAfter?: string;
}

export interface Question {
  /** The parameters of the path, by their names. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** As it is sent where it is a text, else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface OverHttp {
  readonly api: Api;
  /** Writes what the Api would refuse. */
  readonly store: Store;
  readonly clock: Clock;
  /** The rows that could not be read, in the order told. */
  readonly unreadable: readonly UnreadableRow[];
  ask<Name extends PrefectRouteName>(name: Name, question?: Question): Promise<Asked<Name>>;
  advance(ms: number): void;
  close(): Promise<void>;
}

export async function serveOverHttp(
  makeHandlers: (context: PrefectContext) => Partial<PrefectHandlers>,
): Promise<OverHttp> {
  const ledger = await makeLedger();
  const store = await ledger.open();
  let now = 1_800_000_000_000;
  const clock: Clock = { ...systemClock, now: () => now };
  const api = createService({ store, clock });
  const unreadable: UnreadableRow[] = [];
  const onUnreadable = (row: UnreadableRow): void => void unreadable.push(row);
  const context: PrefectContext = { api, clock, vault: namingVault, version: "3.9.1", onUnreadable };
  const app = fastify({ routerOptions: { maxParamLength: 4096 } });
  // Nobody is asked who they are.
  app.decorateRequest("identity", null);
  const failures: unknown[] = [];
  addPrefectRoutes(app, {
    handlers: makeHandlers(context),
    version: context.version,
    retryAfterS: 1,
    onFailure: ({ error }) => failures.push(error),
  });
  return {
    api,
    store,
    clock,
    unreadable,
    async ask<Name extends PrefectRouteName>(
      name: Name,
      { params = {}, query = {}, body, headers = {} }: Question = {},
    ) {
      const { verb, path, answers } = routeOf(name);
      const url = `/api${path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(params[key] ?? ""))}`;
      const payload = typeof body === "string" ? body : JSON.stringify(body);
      const sent =
        body === undefined ? { headers } : { headers: { ...headers, "content-type": "application/json" }, payload };
      const answer = await app.inject({ method: verb, url, query: { ...query }, ...sent });
      if (failures.length > 0) throw failures[0];
      const given: unknown = answer.body === "" ? undefined : answer.json();
      const schema = (answers as Readonly<Record<number, z.ZodType | null | undefined>>)[answer.statusCode];
      const retryAfter = answer.headers["retry-after"];
      return {
        status: answer.statusCode,
        body: (schema == null ? given : schema.parse(given)) as Asked<Name>["body"],
        ...(retryAfter === undefined ? {} : { retryAfter: String(retryAfter) }),
      };
    },
    advance: (ms) => (now += ms),
    async close() {
      await app.close();
      await store.close();
      await ledger.remove();
    },
  };
}

/** Enough to see what is kept sealed, and under which name. */
export const namingVault: Vault = {
  seal: async (name, value) => `${name}:${Buffer.from(value).toString("base64")}`,
  async open(name, sealed) {
    if (!sealed.startsWith(`${name}:`)) throw new Error(`sealed under another name than ${name}`);
    return Buffer.from(sealed.slice(name.length + 1), "base64").toString();
  },
};

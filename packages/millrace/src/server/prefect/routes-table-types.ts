/** What a route of Prefect's API is, and the handler that the table asks for by its name. */

import type { IncomingHttpHeaders } from "node:http";
import type * as z from "zod";
import type { Identity } from "../../contract/access.ts";
import type { Api } from "../../contract/api.ts";
import type { Vault } from "../../contract/runtime.ts";
import type { ServerSettings } from "../../contract/wire/server-description.ts";
import type { Clock } from "../../kit/clock.ts";
import type { OnUnreadable } from "./mapping/unreadable.ts";
import type { PrefectRoutes } from "./routes-table.ts";

export interface PrefectRoute {
  readonly verb: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below /api, as fastify writes it. A slash at its end is Prefect's own. */
  readonly path: string;
  readonly tag: string;
  /** What it does, in a line. */
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** By status, of each body that is not an error's; null where there is no body. */
  readonly answers: Readonly<Partial<Record<200 | 201 | 202 | 204 | 422 | 503, z.ZodType | null>>>;
  /** Of an answer that is not JSON. */
  readonly contentType?: "text/plain" | "text/csv";
  /** Why it is not served, where that is meant to be. */
  readonly refused?: string;
  /** The largest body, in bytes, where it is above the default. */
  readonly maxBodyBytes?: number;
  /** Its handler needs the text of the body too, in which 1.0 is not 1. */
  readonly keepsBodyText?: true;
  /** Answered to any version of a client, and also while the server is full. */
  readonly isProbe?: true;
}

export type PrefectRouteName = keyof PrefectRoutes;

/** Request schemas as handlers see them: parsed, with defaults, times as ms, durations as seconds. */
type Parsed<Schema, Otherwise> = Schema extends z.ZodType ? z.output<Schema> : Otherwise;
type Part<Route, Name extends string> = Route extends Record<Name, infer Schema> ? Schema : undefined;

export interface PrefectRequest<Name extends PrefectRouteName = PrefectRouteName> {
  readonly params: Parsed<Part<PrefectRoutes[Name], "params">, Record<never, never>>;
  readonly query: Parsed<Part<PrefectRoutes[Name], "query">, Record<never, never>>;
  readonly body: Parsed<Part<PrefectRoutes[Name], "body">, undefined>;
  readonly headers: IncomingHttpHeaders;
  /** The address that the client has for /api, without a slash at its end. */
  readonly baseUrl: string;
  /** The text of the body where the route keeps it, else empty. */
  readonly bodyText: string;
  /** Who asks. Null where nobody is asked who they are. */
  readonly identity: Identity | null;
}

type AnswerOf<Status, Schema> = Schema extends z.ZodType
  ? { readonly status: Status; readonly body: z.input<Schema>; readonly headers?: Readonly<Record<string, string>> }
  : { readonly status: Status; readonly headers?: Readonly<Record<string, string>> };

type AnyAnswer<Answers> = { [Status in keyof Answers]: AnswerOf<Status, Answers[Status]> }[keyof Answers];

/** One of the route's statuses with its body, which is sent as it is. */
export type PrefectAnswer<Name extends PrefectRouteName = PrefectRouteName> = AnyAnswer<PrefectRoutes[Name]["answers"]>;

/** All operations. A file of handlers makes some of them: `Pick<PrefectHandlers, "createFlow" | …>`. */
export type PrefectHandlers = {
  readonly [Name in PrefectRouteName]: (request: PrefectRequest<Name>) => Promise<PrefectAnswer<Name>>;
};

/** What handlers work with. */
export interface PrefectContext {
  readonly api: Api;
  readonly clock: Clock;
  /** Seals and opens the data of blocks. */
  readonly vault: Vault;
  /** Told of a row that cannot be read. Default: nobody is. */
  readonly onUnreadable?: OnUnreadable;
  /** What is told of the server's settings. Default: nothing. */
  readonly settings?: ServerSettings | null;
  /** The version of Prefect whose API this is; clients ask for it. */
  readonly version: string;
}

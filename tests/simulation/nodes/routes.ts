/** What a server answers to a request, by the table of the contract: the counterpart of client/to-request.ts. */

import type { Api } from "../../../packages/millrace/src/contract/api.ts";
import { isMillraceError, MillraceError } from "../../../packages/millrace/src/contract/errors.ts";
import { toErrorBody } from "../../../packages/millrace/src/contract/wire/error-body.ts";
import {
  type ApiMethod,
  apiMethods,
  type ArgumentPlace,
  v1Calls,
} from "../../../packages/millrace/src/contract/wire/v1-calls.ts";

export interface WireRequest {
  readonly verb: string;
  /** With its query. */
  readonly path: string;
  readonly body: string | null;
}

export interface WireAnswer {
  readonly status: number;
  readonly body: string | null;
}

export interface Asked {
  readonly method: ApiMethod;
  readonly args: readonly unknown[];
  /** Whether it may be asked twice. */
  readonly isIdempotent: boolean;
}

interface Route {
  readonly method: ApiMethod;
  readonly segments: readonly string[];
  readonly places: readonly ArgumentPlace[];
}

const routes: ReadonlyMap<string, readonly Route[]> = Map.groupBy(
  apiMethods.map((method): Route & { readonly verb: string } => {
    const { verb, path, places } = v1Calls[method];
    return { method, verb, segments: path.split("/"), places };
  }),
  ({ verb, segments }) => `${verb} ${segments.length}`,
);

export function readRequest({ verb, path, body }: WireRequest): Asked {
  const url = new URL(path, "http://server");
  const given = url.pathname.split("/");
  const found = routes
    .get(`${verb} ${given.length}`)
    ?.find(({ segments }) => segments.every((each, at) => each.startsWith(":") || each === given[at]));
  if (found === undefined) throw new Error(`There is no route ${verb} ${url.pathname}`);
  const fields = body === null ? undefined : (JSON.parse(body) as Record<string, unknown>);
  const args = found.places.map(({ in: where, name }) => {
    if (name === null) return fields;
    // Nobody changes anything there of a revision.
    if (where === "header") return undefined;
    if (where === "query") return url.searchParams.get(name) ?? undefined;
    return where === "body" ? fields?.[name] : decodeURIComponent(given[found.segments.indexOf(`:${name}`)] ?? "");
  });
  const { isIdempotent } = v1Calls[found.method];
  return {
    method: found.method,
    args,
    isIdempotent: typeof isIdempotent === "boolean" ? isIdempotent : isIdempotent(...(args as [never])),
  };
}

/** @param onDefect told of an error that is none of the catalogue */
export async function answerRequest(
  api: Api,
  { method, args }: Asked,
  onDefect: (error: unknown) => void,
): Promise<WireAnswer> {
  try {
    const answer: unknown = await Reflect.apply(api[method], api, args);
    if (answer === undefined) return { status: 204, body: null };
    const absent = v1Calls[method].absent as ((...args: readonly unknown[]) => MillraceError) | undefined;
    if (answer === null && absent !== undefined) throw absent(...args);
    return { status: 200, body: JSON.stringify(answer) };
  } catch (error) {
    if (isMillraceError(error)) return toAnswer(error, error.status);
    onDefect(error);
    const reason = error instanceof Error ? error.message : String(error);
    return toAnswer(new MillraceError("SERVER_FAILED", { reason }), 500);
  }
}

function toAnswer(error: MillraceError, status: number): WireAnswer {
  return { status, body: JSON.stringify(toErrorBody(error, "simulated")) };
}

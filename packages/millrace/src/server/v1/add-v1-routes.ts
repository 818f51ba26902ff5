/** The methods of an Api as routes, made from the table of the contract. */

import type { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Identity } from "../../contract/access.ts";
import type { Api } from "../../contract/api.ts";
import type { RunSubmission } from "../../contract/deployments.ts";
import { MillraceError } from "../../contract/errors.ts";
import { withTrace } from "../../contract/trace-labels.ts";
import type { DueRunsRequest } from "../../contract/work.ts";
import { type ApiMethod, apiMethods, type ArgumentPlace } from "../../contract/wire/v1-calls.ts";
import { runRightOf, v1Policies } from "../../contract/wire/v1-policies.ts";
import { v1Routes } from "../../contract/wire/v1-routes.ts";
import type { Clock } from "../../kit/clock.ts";
import { toTraceCarrier } from "../../kit/tracing.ts";
import { type ApiOfCaller, asCaller, callsOfCaller } from "../access/as-caller.ts";
import type { RoutePolicy } from "../access/guard.ts";
import { createRunApis } from "../access/runs/run-apis.ts";
import { checkAnswer } from "../http/check-answer.ts";
import { readJsonBody } from "../http/read-body.ts";
import type { AskedFrom, DueDesk } from "../work/due-desk.ts";
import { describeIssues } from "./describe-issues.ts";
import { isRevision, readRevision, refuseUnheeded } from "./if-match.ts";

type AnyCall = (...args: readonly unknown[]) => Promise<unknown>;

/** A route as what all of them have in common, for code that does not know which one it has. */
interface AnyRoute {
  readonly verb: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly places: readonly ArgumentPlace[];
  readonly args: readonly z.ZodType[];
  readonly answer: z.ZodType;
  readonly check?: (...args: readonly never[]) => z.ZodSafeParseResult<unknown>;
  readonly maxBodyBytes?: number;
  readonly absent?: (...args: readonly never[]) => MillraceError;
}

/** What may have written events, so that those who wait for them are woken. */
const writers: ReadonlySet<ApiMethod> = new Set([
  "record",
  "proposeFlowRunState",
  "claimFlowRun",
  "endProcess",
  "expireProcesses",
  "createObject",
  "updateObject",
  "deleteObject",
  "changeFlowRuns",
  "submitRun",
  "saveDeployment",
  "updateDeployment",
  "pauseDeployment",
  "resumeDeployment",
  "deleteDeployment",
  "createSchedule",
  "updateSchedule",
  "deleteSchedule",
  "scheduleRuns",
  "createWorkPool",
  "updateWorkPool",
  "createWorkQueue",
  "updateWorkQueue",
  "writeVariable",
  "deleteVariable",
  "rollBackDeployment",
  "heartbeatWorker",
  "tellReadiness",
  "answerPause",
  "expirePause",
  "deleteArtifact",
  "writeSecret",
  "deleteSecret",
  "giveBackSlots",
  "expireSlots",
]);

export interface V1Options {
  readonly api: Api;
  readonly clock: Clock;
  /** The largest body where a route does not say, in bytes. */
  readonly maxBodyBytes: number;
  /** Each answer is held against the schema of its route; one that does not hold is a failure. */
  readonly checksAnswers: boolean;
  /** Answers workers that wait for runs. */
  readonly desk: Pick<DueDesk, "find">;
  /** Called after something that may have written events. */
  readonly onEvents: () => void;
}

export function addV1Routes(
  app: FastifyInstance,
  { api, clock, maxBodyBytes, checksAnswers, desk, onEvents }: V1Options,
): void {
  const apiOfRun = createRunApis({ ...api, ...asCaller({ api, clock }, null) }, clock);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", (request: FastifyRequest, payload: Readable) =>
    readJsonBody(payload, {
      encoding: request.headers["content-encoding"],
      maxBytes: request.routeOptions.config.maxBodyBytes ?? maxBodyBytes,
    }),
  );

  for (const method of apiMethods) {
    const route = v1Routes[method] as unknown as AnyRoute;
    const isOfCaller = callsOfCaller.some((each) => each === method);
    const callBy = (identity: Identity | null): AnyCall =>
      (isOfCaller ? asCaller({ api, clock }, identity)[method as keyof ApiOfCaller] : api[method]) as AnyCall;
    app.route({
      method: route.verb,
      url: route.path,
      config: {
        policy: policyOf(method, route),
        action: method,
        isForRuns: runRightOf(method) !== "none",
        // Most of those who ask for it wait, for which the desk has places of its own.
        ...(method === "findDueRuns" ? { isExempt: true } : {}),
        ...(route.maxBodyBytes === undefined ? {} : { maxBodyBytes: route.maxBodyBytes }),
      },
      handler: async (request, reply) => {
        const args =
          method === "submitRun"
            ? traceSubmission(readArguments(route, request), request)
            : readArguments(route, request);
        const { identity } = request;
        const ask = (): Promise<unknown> => {
          if (identity?.scope !== undefined) return apiOfRun(identity.scope)[method](...args);
          if (method === "findDueRuns") return desk.find(args[0] as DueRunsRequest, askedFrom(request, reply));
          return Reflect.apply(callBy(identity), api, args);
        };
        const answer = await ask();
        if (writers.has(method)) onEvents();
        if (answer === undefined) return reply.code(204).send();
        if (answer === null && route.absent !== undefined) throw route.absent(...(args as never[]));
        if (checksAnswers) checkAnswer(route.answer, { route: method, answer });
        return reply.type("application/json; charset=utf-8").send(JSON.stringify(answer));
      },
    });
  }
}

function askedFrom({ clientAddress }: FastifyRequest, reply: FastifyReply): AskedFrom {
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  return { client: clientAddress, signal: gone.signal };
}

/** A run that is asked for within a trace is a part of it. */
function traceSubmission([submission]: readonly unknown[], { headers }: FastifyRequest): readonly unknown[] {
  const carrier = toTraceCarrier(headers.traceparent);
  const given = submission as RunSubmission;
  return carrier === null ? [given] : [{ ...given, labels: withTrace(given.labels, carrier) }];
}

/** Who may not ask is not told what is wrong with the question: arguments are looked at as they came. */
function policyOf(method: ApiMethod, { places }: AnyRoute): RoutePolicy {
  const policy = v1Policies[method];
  if (typeof policy !== "function") return policy;
  return (request) => policy(...places.map((place) => valueAt(place, request)));
}

/** @throws REQUEST_INVALID */
function readArguments(route: AnyRoute, request: FastifyRequest): readonly unknown[] {
  const { places, args, check } = route;
  refuseUnheeded(route, request.headers);
  const given = places.map((place, index) => {
    const own = valueAt(place, request);
    const found = isRevision(place) ? readRevision(request.headers, own) : own;
    const parsed = args[index]?.safeParse(found);
    if (parsed?.success === true) return parsed.data;
    throw new MillraceError("REQUEST_INVALID", { reason: describeIssues(place, parsed?.error?.issues ?? []) });
  });
  const checked = check?.(...(given as never[]));
  if (checked?.success === false) {
    const reason = describeIssues({ in: "body", name: null }, checked.error.issues);
    throw new MillraceError("OBJECT_INVALID", { reason });
  }
  return given;
}

function valueAt({ in: where, name }: ArgumentPlace, { params, query, body }: FastifyRequest): unknown {
  // Its value is no text; see if-match.ts.
  if (where === "header") return undefined;
  const holder = { path: params, query, body }[where];
  if (name === null) return holder;
  return typeof holder === "object" && holder !== null ? (holder as Record<string, unknown>)[name] : undefined;
}

/**
 * Who may call which route. Every route says what it needs when it is made, whether or not this server has access control: one
 * without a policy cannot be made. What somebody changed is in the audit log before it is answered, and so is what was denied, but for
 * what is counted (denied-calls.ts).
 */

import type { FastifyInstance, FastifyRequest } from "fastify";
import {
  type Access,
  type Credential,
  type Identity,
  isAudited,
  type KeyScope,
  mayCall,
  type NewAuditEntry,
  type Policy,
} from "../../contract/access.ts";
import { isMillraceError, MillraceError } from "../../contract/errors.ts";
import type { Clock } from "../../kit/clock.ts";
import { readCredential } from "./credentials.ts";

/** `anyone` is not asked who they are. A function is asked when the request has been read. */
export type RoutePolicy = "anyone" | Policy | ((request: FastifyRequest) => Policy);

declare module "fastify" {
  interface FastifyContextConfig {
    /** What the route needs. */
    policy?: RoutePolicy;
    /** Its name in the audit log. */
    action?: string;
    /** Whether the keys of runs are for it, as far as its policy allows. Default false. */
    isForRuns?: boolean;
  }
  interface FastifyRequest {
    /** Who sends it. Null where nobody is asked, and before it is known. */
    identity: Identity | null;
    /** Whether it was refused without its sender being known: after too many attempts, or by its signature. */
    isKeptOut: boolean;
  }
}

/** Between two looks at whether who has a connection open still may, in ms. */
const lookAgainMs = 2000;

export interface Admission {
  readonly identity: Identity;
  /** Aborted within 5 s when who was let in may not be here any more. */
  readonly signal: AbortSignal;
  /** Looks no more. */
  end(): void;
}

export interface AdmissionNeeds {
  readonly policy: Policy;
  /** An address. */
  readonly from: string;
  /** What the audit log is told of who is not let in. Absent: its route tells of it. */
  readonly asked?: Pick<NewAuditEntry, "action" | "path" | "requestId">;
}

export interface Guard {
  /** Null for who is not known. @throws ATTEMPTS_EXCEEDED */
  identify(request: FastifyRequest): Promise<Identity | null>;
  /** For what stays open. Null for who may not. @throws ATTEMPTS_EXCEEDED */
  admit(credential: Credential | null, needs: AdmissionNeeds): Promise<Admission | null>;
}

/** A route that says nothing of who may call it is a mistake of ours, told when the server starts. */
export function demandPolicies(app: FastifyInstance): void {
  app.decorateRequest("identity", null);
  app.decorateRequest("isKeptOut", false);
  app.addHook("onRoute", ({ method, url, config }) => {
    if (config?.policy === undefined) throw new Error(`The route ${String(method)} ${url} has no policy`);
  });
}

interface GuardOptions {
  readonly access: Access;
  readonly clock: Clock;
}

/** Asks each request of a route that is not for anyone who sends it, and keeps the audit log. */
export function guardRoutes(
  app: FastifyInstance,
  {
    guard,
    access,
    clock,
    isWorkspace = false,
  }: GuardOptions & {
    readonly guard: Guard;
    /** Of a workspace those who are no members learn nothing, not even that it is there. Default false. */
    readonly isWorkspace?: boolean;
  },
): void {
  const demand = (request: FastifyRequest, identity: Identity, policy: Policy): void => {
    const { account, scope } = identity;
    const { isForRuns = false } = request.routeOptions.config;
    if (mayCall(identity, policy, isForRuns)) return;
    if (isWorkspace && account.role === "none") throw new MillraceError("WORKSPACE_NOT_FOUND");
    const { action = request.method } = request.routeOptions.config;
    if (scope !== undefined) throw toRunKeyRefusal(scope, { action, reason: "is not for runs" });
    throw new MillraceError("FORBIDDEN", { account: account.name, role: account.role, needed: policy.role, action });
  };

  app.addHook("onRequest", async (request, reply) => {
    const { policy = "anyone" } = request.routeOptions.config;
    if (policy === "anyone") return;
    request.identity = await guard.identify(request);
    if (request.identity === null) {
      reply.header("www-authenticate", "Bearer");
      const comesWith = readCredential(request.headers)?.kind ?? null;
      throw new MillraceError("UNAUTHENTICATED", {
        reason: comesWith === null ? "it came with no key" : refusals[comesWith],
      });
    }
    if (typeof policy !== "function") demand(request, request.identity, policy);
  });

  app.addHook("preHandler", async (request) => {
    const { policy } = request.routeOptions.config;
    if (typeof policy === "function" && request.identity !== null) demand(request, request.identity, policy(request));
  });

  app.addHook("onSend", async (request, { statusCode: status }) => {
    const { policy, action = request.method } = request.routeOptions.config;
    const { isKeptOut } = request;
    if (policy === undefined || (policy === "anyone" && !isKeptOut)) return;
    const isOutside = isWorkspace && request.identity?.account.role === "none";
    const isDenied = status === 401 || status === 403 || isKeptOut || isOutside;
    if (!isDenied && (policy === "anyone" || !isKept(request, policy))) return;
    await access.audit({
      at: clock.now(),
      ...whoOf(request.identity, readCredential(request.headers)),
      address: request.clientAddress,
      action,
      path: pathOf(request),
      outcome: isDenied ? "denied" : status < 400 ? "done" : "failed",
      status,
      requestId: request.id,
    });
  });
}

export function createGuard({ access, clock }: GuardOptions): Guard {
  async function identify(request: FastifyRequest): Promise<Identity | null> {
    const credential = readCredential(request.headers);
    if (credential === null) return null;
    return access.identify(credential, request.clientAddress).catch((error: unknown) => noteKeptOut(request, error));
  }

  async function admit(
    credential: Credential | null,
    { policy, from, asked }: AdmissionNeeds,
  ): Promise<Admission | null> {
    const find = async () => (credential === null ? null : access.identify(credential, from));
    const may = (identity: Identity | null): identity is Identity =>
      identity !== null && mayCall(identity, policy, false);
    const tellDenied = async (identity: Identity | null, status: number): Promise<void> => {
      if (asked === undefined) return;
      const who = whoOf(identity, credential);
      await access.audit({ at: clock.now(), ...who, address: from, ...asked, outcome: "denied", status });
    };
    const identity = await find().catch(async (error: unknown) => {
      if (isMillraceError(error, "ATTEMPTS_EXCEEDED")) await tellDenied(null, error.status);
      throw error;
    });
    if (!may(identity)) {
      await tellDenied(identity, identity === null ? 401 : 403);
      return null;
    }
    const gone = new AbortController();
    const ended = new AbortController();
    void (async () => {
      while (!ended.signal.aborted) {
        await clock.sleep(lookAgainMs, ended.signal).catch(() => undefined);
        if (ended.signal.aborted) return;
        // What cannot be looked at now is looked at again.
        const isStillHere = await find().then(may, () => true);
        if (!isStillHere) return gone.abort();
      }
    })();
    return { identity, signal: gone.signal, end: () => ended.abort() };
  }

  return { identify, admit };
}

/** What keeps somebody out of a route that is for anyone: too many attempts, and a signature that is not the sender's. */
const keepingOut = ["ATTEMPTS_EXCEEDED", "WEBHOOK_SIGNATURE_INVALID"] as const;

/** Those who are kept out are told of in the audit log as others that were denied. */
export function noteKeptOut(request: FastifyRequest, error: unknown): never {
  if (keepingOut.some((code) => isMillraceError(error, code))) request.isKeptOut = true;
  throw error;
}

const refusals: Readonly<Record<Credential["kind"], string>> = {
  key: "the key is wrong, has expired or was revoked, or the run that it was for has ended",
  password: "the name or the password is wrong",
  session: "the session has ended",
};

/** The same for what is not there and what is another's. */
export function toRunKeyRefusal(
  scope: KeyScope,
  { action, reason }: { readonly action: string; readonly reason: string },
): MillraceError {
  return new MillraceError("RUN_KEY_REFUSED", { run: nameOf(scope), action, reason });
}

function nameOf(scope: KeyScope): string {
  return scope.kind === "run" ? `flow run ${scope.flowRunId}` : "a process that loads its code";
}

function isKept(request: FastifyRequest, policy: Exclude<RoutePolicy, "anyone">): boolean {
  const { identity } = request;
  if (identity === null) return false;
  return isAudited(identity.account.role, typeof policy === "function" ? policy(request) : policy);
}

function whoOf(identity: Identity | null, credential: Credential | null) {
  if (identity !== null) {
    const { account, means, keyId, scope } = identity;
    const accountName = scope === undefined ? account.name : `${account.name}, ${nameOf(scope)}`;
    return { accountId: account.id, accountName, means, keyId };
  }
  const accountName = credential?.kind === "password" ? credential.name : null;
  return { accountId: null, accountName, means: credential?.kind ?? null, keyId: null };
}

/** With the workspace, and without what is asked in it, which may be anything. */
export function pathOf({ originalUrl }: Pick<FastifyRequest, "originalUrl">): string {
  return originalUrl.split("?", 1)[0] ?? "";
}

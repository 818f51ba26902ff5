/** Coming in by a page, and what everybody may do with an account of their own: /v1/session. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Access, Identity, OpenedSession } from "../../contract/access.ts";
import type { Api } from "../../contract/api.ts";
import { MillraceError } from "../../contract/errors.ts";
import {
  passwordChange,
  sessionDescription,
  signInRequest,
  ownKeyToMake,
} from "../../contract/wire/schemas/session.ts";
import type { SessionDescription } from "../../contract/wire/session.ts";
import type { OpenWorkspace } from "../../contract/workspaces.ts";
import { serverRoute } from "./server-route.ts";
import type { Clock } from "../../kit/clock.ts";
import { checkAnswer } from "../http/check-answer.ts";
import { readBody } from "../v1/read-body.ts";
import { mountedName } from "../workspaces/mount.ts";
import { readSessionCookie, sessionCookie } from "./credentials.ts";
import { type Guard, noteKeptOut, pathOf } from "./guard.ts";
import { setCookie } from "./set-cookie.ts";

const json = "application/json; charset=utf-8";

export interface SessionRoutesOptions {
  readonly api: Pick<Api, "updateAccount" | "listApiKeys" | "createApiKey" | "deleteApiKey">;
  readonly clock: Clock;
  /** Null where the server has no access control: whoever reaches it may do everything. */
  readonly control: { readonly access: Access; readonly guard: Guard } | null;
  readonly listWorkspaces: (identity: Identity | null) => Promise<readonly OpenWorkspace[]>;
  /** As the page to sign in names the identity provider; null where there is none. */
  readonly providerName: string | null;
  readonly checksAnswers: boolean;
}

interface OfKey {
  Params: { readonly id: string };
}

export function addSessionRoutes(
  app: FastifyInstance,
  { api, clock, control, listWorkspaces, providerName, checksAnswers }: SessionRoutesOptions,
): void {
  /** Null where nobody is asked who they are. */
  const describe = async ({ raw }: FastifyRequest, identity: Identity | null): Promise<SessionDescription> => ({
    accessControl: control === null ? "off" : "on",
    account: identity?.account ?? null,
    means: identity?.means ?? null,
    workspace: mountedName(raw),
    workspaces: control !== null && identity === null ? [] : await listWorkspaces(identity),
    ...(control === null || providerName === null ? {} : { provider: { name: providerName } }),
  });

  app.get("/v1/session", serverRoute("readSession"), async (request, reply) => {
    const identity = control === null ? null : await control.guard.identify(request);
    const answer = await describe(request, identity);
    if (checksAnswers) checkAnswer(sessionDescription, { route: "readSession", answer });
    return reply.header("cache-control", "no-store").type(json).send(JSON.stringify(answer));
  });

  if (control === null) return;
  const { access } = control;

  app.post("/v1/session", serverRoute("signIn"), async (request, reply) => {
    const { name, password } = readBody(signInRequest, request.body);
    const opened = await access
      .signIn({ name, password, from: request.clientAddress })
      .catch((error: unknown) => noteKeptOut(request, error));
    await audit(request, "signIn", { name, identity: opened?.identity ?? null });
    if (opened === null) throw new MillraceError("UNAUTHENTICATED", { reason: "the name or the password is wrong" });
    setSession(request, reply, opened);
    return reply.type(json).send(JSON.stringify(await describe(request, opened.identity)));
  });

  app.delete("/v1/session", serverRoute("signOut"), async (request, reply) => {
    const token = readSessionCookie(request.headers.cookie);
    if (token !== null) await access.signOut(token);
    setCookie(request, reply, { name: sessionCookie, value: "", maxAgeS: 0 });
    return reply.code(204).send();
  });

  app.put("/v1/session/password", serverRoute("changeOwn"), async (request, reply) => {
    const { current, next } = readBody(passwordChange, request.body);
    const { account } = whoAsks(request);
    const isRight = await access.identify(
      { kind: "password", name: account.name, password: current },
      request.clientAddress,
    );
    if (isRight === null) throw new MillraceError("UNAUTHENTICATED", { reason: "the current password is another one" });
    await api.updateAccount(account.id, { password: next });
    // All sessions have ended with it, this one too.
    const opened = await access.signIn({ name: account.name, password: next, from: request.clientAddress });
    if (opened !== null) setSession(request, reply, opened);
    return reply.code(204).send();
  });

  app.get("/v1/session/api-keys", serverRoute("readOwn"), async (request, reply) => {
    const { items } = await api.listApiKeys({ accountId: whoAsks(request).account.id }, { limit: 1000 });
    return reply.type(json).send(JSON.stringify(items));
  });

  app.post("/v1/session/api-keys", serverRoute("changeOwn"), async (request, reply) => {
    const { account, means } = whoAsks(request);
    const key = readBody(ownKeyToMake, request.body);
    // One that was found by somebody else would outlive itself.
    if (means === "key") throw new MillraceError("UNAUTHENTICATED", { reason: "a key makes no other keys" });
    const made = await api.createApiKey({ ...key, accountId: account.id });
    return reply.type(json).send(JSON.stringify(made));
  });

  app.delete<OfKey>("/v1/session/api-keys/:id", serverRoute("changeOwn"), async (request, reply) => {
    const { account } = whoAsks(request);
    const { items } = await api.listApiKeys({ accountId: account.id }, { limit: 1000 });
    const isOwn = items.some(({ id }) => id === request.params.id);
    const isDeleted = isOwn && (await api.deleteApiKey(request.params.id));
    return reply.type(json).send(JSON.stringify(isDeleted));
  });

  function setSession(request: FastifyRequest, reply: FastifyReply, { token, expiresAt }: OpenedSession): void {
    const maxAgeS = Math.floor((expiresAt - clock.now()) / 1000);
    setCookie(request, reply, { name: sessionCookie, value: token, maxAgeS });
  }

  function audit(
    request: FastifyRequest,
    action: string,
    { name, identity }: { readonly name: string; readonly identity: Identity | null },
  ): Promise<void> {
    return access.audit({
      at: clock.now(),
      accountId: identity?.account.id ?? null,
      accountName: name,
      means: "password",
      keyId: null,
      address: request.clientAddress,
      action,
      path: pathOf(request),
      outcome: identity === null ? "denied" : "done",
      status: identity === null ? 401 : 200,
      requestId: request.id,
    });
  }
}

function whoAsks({ identity }: FastifyRequest): Identity {
  if (identity === null) throw new MillraceError("UNAUTHENTICATED", { reason: "it came with no key" });
  return identity;
}

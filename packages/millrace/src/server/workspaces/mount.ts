/**
 * Workspaces on the server's own port: what comes to `/workspaces/<name>/v1`, or to `/api` there, is for the server of that
 * workspace, as if it had come to its root. All else below the name is the dashboard's, whose files are the same everywhere.
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** A server that takes what came in at another one. */
export interface Mounted {
  take(request: IncomingMessage, response: ServerResponse): void;
  takeUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void;
}

/** @param name as it is in the path, which may be anything */
export type FindWorkspace = (name: string) => Promise<Mounted>;

declare module "node:http" {
  interface IncomingMessage {
    /** What was asked for, where `url` is what is left of it for the server of a workspace. */
    originalUrl?: string;
  }
}

const workspacePath = /^\/workspaces\/([^/?]+)(\/[^?]*)(.*)$/s;
const apiPath = /^\/(v1|api)(\/|$)/;

/** Requests of one server. Those below `/workspaces/<name>/` come with the name cut off, wherever they go. */
export function mountWorkspaces(
  own: Mounted,
  { find, onFailure }: { readonly find: FindWorkspace; readonly onFailure: (error: unknown) => void },
): Mounted {
  const pass = (request: IncomingMessage, go: (to: Mounted) => void, giveUp: () => void): void => {
    const name = cutOff(request);
    if (name === null) return go(own);
    find(name).then(go, (error: unknown) => {
      onFailure(error);
      giveUp();
    });
  };
  return {
    take: (request, response) =>
      pass(
        request,
        (to) => to.take(request, response),
        () => response.writeHead(503, { "retry-after": "1" }).end(),
      ),
    takeUpgrade: (request, stream, head) =>
      pass(
        request,
        (to) => to.takeUpgrade(request, stream, head),
        () => stream.destroy(),
      ),
  };
}

/** Leaves of the URL what is for the workspace. Its name where that is for its API, else null. */
function cutOff(request: IncomingMessage): string | null {
  const url = request.url ?? "/";
  const [, name, path = "", query = ""] = workspacePath.exec(url) ?? [];
  if (name === undefined) return null;
  request.originalUrl = url;
  request.url = `${path}${query}`;
  return apiPath.test(path) ? name : null;
}

/** What was cut off: "/workspaces/<name>", or nothing. */
export function mountOf({ originalUrl, url = "" }: Pick<IncomingMessage, "originalUrl" | "url">): string {
  return originalUrl === undefined ? "" : originalUrl.slice(0, originalUrl.length - url.length);
}

/** The workspace that was asked for, whether it is there or not; null for the server itself. */
export function mountedName(request: Pick<IncomingMessage, "originalUrl" | "url">): string | null {
  return mountOf(request).split("/")[2] ?? null;
}

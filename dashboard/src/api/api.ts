/** The server that this page came from. Wherever it is mounted, the page's base says so. */

import { type Client, createClient, isMillraceError } from "millrace/client";
import { noteServerTime } from "../format/now.ts";
import { noteGone } from "./gone.ts";

/** With a slash at its end. */
export const baseUrl = new URL(".", document.baseURI).href;

/** Beyond this, in ms, the browser's clock is taken to be wrong: answers say the time to the second, and take a while. */
const tolerableSkewMs = 2500;

let onRefusal: () => void = () => undefined;

/** Calls back when the server did not answer for want of who asks, or of what they may. */
export function whenRefused(listener: () => void): void {
  onRefusal = listener;
}

const ask: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const isRefused = response.status === 401 || response.status === 403;
  if (isRefused && !response.url.endsWith("/v1/session")) onRefusal();
  const said = Date.parse(response.headers.get("date") ?? "");
  if (!Number.isNaN(said))
    noteServerTime(Math.abs(said + 500 - Date.now()) > tolerableSkewMs ? said + 500 : Date.now());
  return response;
};

/** Asked again by the page's own cache, which shows that it waits; so not here. */
const client = createClient({ url: baseUrl, fetch: ask, retryForMs: 0 });

/** What this page has deleted is known to be gone before its event comes. */
export const api: Client = {
  ...client,
  deleteObject: (kind, id) => noting(`millrace.${kind}.${id}`, client.deleteObject(kind, id)),
  deleteDeployment: (id) => noting(`millrace.deployment.${id}`, client.deleteDeployment(id)),
  deleteFlowRun: (id) => noting(`millrace.flow-run.${id}`, client.deleteFlowRun(id)),
};

async function noting(resource: string, deletion: Promise<boolean>): Promise<boolean> {
  const isDeleted = await deletion;
  if (isDeleted) noteGone(resource);
  return isDeleted;
}

/** Whether nothing answers, which passes; other errors are answers. */
export function isOffline(error: unknown): boolean {
  return isMillraceError(error, "SERVER_UNREACHABLE") || isMillraceError(error, "SERVER_BUSY");
}

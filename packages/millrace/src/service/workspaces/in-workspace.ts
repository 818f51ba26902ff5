/** The Api of a workspace: that of its ledger, but for what only the server's own has. */

import type { Api } from "../../contract/api.ts";
import { MillraceError } from "../../contract/errors.ts";
import { type ApiMethod, apiMethods } from "../../contract/wire/v1-calls.ts";

/** Accounts come in at the server, whichever workspace they enter. */
const ofServer = [
  "listAccounts",
  "createAccount",
  "updateAccount",
  "deleteAccount",
  "listApiKeys",
  "createApiKey",
  "deleteApiKey",
  "listAuditEntries",
  "listWorkspaces",
  "createWorkspace",
  "updateWorkspace",
  "deleteWorkspace",
  "restoreWorkspace",
  "listMembers",
  "setMember",
] as const satisfies readonly (keyof Api)[];

/** @param name as it is at the time */
export function inWorkspace(api: Api, name: () => string): Api {
  const refuse = async (): Promise<never> => {
    throw new MillraceError("WORKSPACE_HAS_NONE", { name: name() });
  };
  return { ...api, ...Object.fromEntries(ofServer.map((method) => [method, refuse])) };
}

/**
 * The Api of a workspace that is not there.
 *
 * @param isGuarded whether nobody gets this far but who is asked nothing by any workspace: such a request is answered as by one
 *   with nothing in it
 */
export function noWorkspace(isGuarded: boolean): Api {
  const refuse = async (): Promise<never> => {
    throw new MillraceError("WORKSPACE_NOT_FOUND");
  };
  const nothing = async () => ({ items: [], next: null });
  return {
    ...(Object.fromEntries(apiMethods.map((method) => [method, refuse])) as unknown as Pick<Api, ApiMethod>),
    ...(isGuarded ? { listFlowRuns: nothing, listObjects: nothing } : {}),
    close: async () => undefined,
  };
}

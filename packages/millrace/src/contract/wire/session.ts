/** Who a server takes the caller for: GET /v1/session. */

import type { OpenWorkspace } from "../workspaces.ts";
import type { Account, Identity, NewApiKey } from "../access.ts";

export interface SessionDescription {
  readonly accessControl: "off" | "on";
  /** Null where the server has no access control, and for who has not come in. */
  readonly account: Account | null;
  readonly means: Identity["means"] | null;
  /** The workspace that was asked; null for the server itself. */
  readonly workspace: string | null;
  /** Those that the caller may enter, by their names. */
  readonly workspaces: readonly OpenWorkspace[];
  /** The identity provider by which people may sign in too, as the page names it: at `/v1/session/oidc/start?to=…`. */
  readonly provider?: { readonly name: string };
}

export interface SignInRequest {
  readonly name: string;
  readonly password: string;
}

export interface PasswordChange {
  readonly current: string;
  readonly next: string;
}

export type OwnKeyToMake = Omit<NewApiKey, "accountId">;

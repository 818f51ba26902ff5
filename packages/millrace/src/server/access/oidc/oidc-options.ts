/** By which identity provider people may sign in, and who they are then. */

import type { Role } from "../../../contract/access.ts";

export interface OidcOptions extends OidcClientOptions {
  /** As the page to sign in names it: "Sign in with …". */
  readonly name: string;
  /** Where people reach the server, with a slash at its end. Null: where the request came to. */
  readonly publicUrl: string | null;
  readonly people: PeopleRules;
}

export interface OidcClientOptions {
  /** Its URL, as its metadata and its tokens name it. */
  readonly issuer: string;
  readonly clientId: string;
  /** Null for a public client, which proves itself by PKCE alone. */
  readonly clientSecret: string | null;
  readonly scopes: readonly string[];
}

/** Claims are found by their names, or by paths with dots. */
export interface PeopleRules {
  /** The claim that an account is named after. Where it is missing: `email`, then `sub`. */
  readonly nameClaim: string;
  /** The claim whose values have roles, a text or a list of them. Null: there is none. */
  readonly roleClaim: string | null;
  /** Of several that somebody has, the highest role counts. */
  readonly roles: ReadonlyMap<string, Role>;
  /** Of e-mail addresses that the provider has verified; empty: any. */
  readonly domains: readonly string[];
  /** The role of who has none by the claim. Null: they are not let in. */
  readonly defaultRole: Role | null;
}

export type Claims = Readonly<Record<string, unknown>>;

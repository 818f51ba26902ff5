/** The settings of signing in by an identity provider, a part of settings-table.ts. */

import { type Role, roles } from "../contract/access.ts";
import { oneOf, toIssuer, toList, toPageUrl, toRoles, toFolder } from "./settings-forms.ts";
import type { SettingRule } from "./settings-table.ts";

export interface OidcSettingValues {
  readonly publicUrl: string | null;
  readonly oidcIssuer: string | null;
  readonly oidcClientId: string | null;
  readonly oidcClientSecret: string | null;
  readonly oidcClientSecretFile: string | null;
  readonly oidcScopes: readonly string[];
  readonly oidcName: string;
  readonly oidcNameClaim: string;
  readonly oidcRoleClaim: string | null;
  readonly oidcRoles: readonly string[] | null;
  readonly oidcDomains: readonly string[] | null;
  readonly oidcDefaultRole: Role | null;
}

export const oidcSettings: { readonly [Name in keyof OidcSettingValues]: SettingRule<OidcSettingValues[Name]> } = {
  publicUrl: {
    variable: "MILLRACE_PUBLIC_URL",
    default: null,
    parse: toPageUrl,
    description:
      "Where people reach the server, as https://flows.example/: what an identity provider sends them back to. Without it, the host that they came to.",
  },
  oidcIssuer: {
    variable: "MILLRACE_OIDC_ISSUER",
    default: null,
    parse: toIssuer,
    description:
      "The identity provider (OpenID Connect) by which people may sign in to a server with access control, as https://login.example.",
  },
  oidcClientId: {
    variable: "MILLRACE_OIDC_CLIENT_ID",
    default: null,
    parse: (text) => text,
    description: "The server's id there.",
  },
  oidcClientSecret: {
    variable: "MILLRACE_OIDC_CLIENT_SECRET",
    default: null,
    parse: (text) => text,
    description: "Its secret there. Without one it is a public client, which proves itself by PKCE alone.",
    notIn: ["file", "profile"],
    show: () => "********",
  },
  oidcClientSecretFile: {
    variable: "MILLRACE_OIDC_CLIENT_SECRET_FILE",
    default: null,
    parse: toFolder,
    description: "A file with that secret, in its place.",
  },
  oidcScopes: {
    variable: "MILLRACE_OIDC_SCOPES",
    default: "openid,profile,email",
    parse: toList,
    description: "What the provider is asked to tell of people. Roles may need one more, such as groups.",
  },
  oidcName: {
    variable: "MILLRACE_OIDC_NAME",
    default: "single sign-on",
    parse: (text) => text,
    description: "The provider, as the page to sign in names it.",
  },
  oidcNameClaim: {
    variable: "MILLRACE_OIDC_NAME_CLAIM",
    default: "preferred_username",
    parse: (text) => text,
    description: "What accounts are named after, at the first sign-in. Where somebody has none: their e-mail address.",
  },
  oidcRoleClaim: {
    variable: "MILLRACE_OIDC_ROLE_CLAIM",
    default: null,
    parse: (text) => text,
    description:
      "What says which role somebody has, as groups or realm_access.roles; it is looked at with each sign-in.",
  },
  oidcRoles: {
    variable: "MILLRACE_OIDC_ROLES",
    default: null,
    parse: toRoles,
    description: "The roles of its values, as flow-admins=admin,staff=viewer. Of several the highest counts.",
  },
  oidcDomains: {
    variable: "MILLRACE_OIDC_DOMAINS",
    default: null,
    parse: (text) => toList(text.toLowerCase()),
    description:
      "Domains of e-mail addresses, verified by the provider, whose people may come in. Without them all may.",
  },
  oidcDefaultRole: {
    variable: "MILLRACE_OIDC_DEFAULT_ROLE",
    default: null,
    parse: oneOf(...roles),
    description: "The role of who has none by the claim. Without it they are not let in.",
  },
};

/** What the settings say of signing in by an identity provider. */

import { readFileSync } from "node:fs";
import type { Role } from "../contract/access.ts";
import { MillraceError } from "../contract/errors.ts";
import type { OidcOptions } from "../server/access/oidc/oidc-options.ts";
import type { OidcSettingValues } from "./oidc-settings-table.ts";

/** Null where there is no provider. @throws SETTING_INVALID for settings that do not go together */
export function readOidcOptions(settings: OidcSettingValues): OidcOptions | null {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcRoleClaim: roleClaim, oidcRoles, oidcDefaultRole } = settings;
  if (issuer === null) return null;
  if (clientId === null) throw invalid("oidcClientId", "it is missing, and oidcIssuer is set");
  if ((roleClaim === null) !== (oidcRoles === null)) {
    const isClaimMissing = roleClaim === null;
    const has = isClaimMissing ? "oidcRoles" : "oidcRoleClaim";
    throw invalid(isClaimMissing ? "oidcRoleClaim" : "oidcRoles", `it is missing, and ${has} is set`);
  }
  if (roleClaim === null && oidcDefaultRole === null) {
    throw invalid("oidcDefaultRole", "nobody could come in: set it, or oidcRoleClaim with oidcRoles");
  }
  return {
    name: settings.oidcName,
    issuer,
    clientId,
    clientSecret: readSecret(settings),
    scopes: settings.oidcScopes,
    publicUrl: settings.publicUrl,
    people: {
      nameClaim: settings.oidcNameClaim,
      roleClaim,
      roles: new Map((oidcRoles ?? []).map(splitPair)),
      domains: settings.oidcDomains ?? [],
      defaultRole: oidcDefaultRole,
    },
  };
}

function readSecret({ oidcClientSecret, oidcClientSecretFile: path }: OidcSettingValues): string | null {
  if (path === null) return oidcClientSecret;
  if (oidcClientSecret !== null) throw invalid("oidcClientSecretFile", "oidcClientSecret is set, too");
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch (cause) {
    throw invalid("oidcClientSecretFile", cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (text === "") throw invalid("oidcClientSecretFile", `${path} is empty`);
  return text;
}

/** A value may have equals signs of its own. */
function splitPair(pair: string): readonly [string, Role] {
  const at = pair.lastIndexOf("=");
  return [pair.slice(0, at), pair.slice(at + 1) as Role];
}

function invalid(setting: keyof OidcSettingValues, reason: string, cause?: unknown): MillraceError {
  return new MillraceError(
    "SETTING_INVALID",
    { setting: `\`${setting}\``, reason },
    cause === undefined ? {} : { cause },
  );
}

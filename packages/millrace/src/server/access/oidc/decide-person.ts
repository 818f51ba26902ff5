/** Who somebody is here, by what their identity provider says of them. */

import { type Role, roles } from "../../../contract/access.ts";
import type { Claims, PeopleRules } from "./oidc-options.ts";

export type PersonDecision =
  | {
      readonly isLetIn: true;
      readonly name: string;
      readonly role: Role;
      /** Whether the role is theirs at each sign-in, and not only at the first. */
      readonly updatesRole: boolean;
    }
  | { readonly isLetIn: false; readonly reason: string };

const maxNameLength = 80;

export function decidePerson(claims: Claims, rules: PeopleRules): PersonDecision {
  const { domains, defaultRole, roleClaim } = rules;
  if (domains.length > 0 && !domains.includes(verifiedDomainOf(claims) ?? "")) {
    return { isLetIn: false, reason: "their e-mail address is of no domain that may come in, or not verified" };
  }
  const role = highest(textsOf(claims, roleClaim).flatMap((value) => rules.roles.get(value) ?? [])) ?? defaultRole;
  if (role === null) return { isLetIn: false, reason: "nothing that is said of them has a role here" };
  return { isLetIn: true, name: nameOf(claims, rules), role, updatesRole: roleClaim !== null };
}

/** The claims that a decision looks at. */
export function neededClaims({ nameClaim, roleClaim, domains }: PeopleRules): readonly string[] {
  return [nameClaim, ...(roleClaim === null ? [] : [roleClaim]), ...(domains.length === 0 ? [] : ["email"])];
}

/** By its name, else by a path with dots: Keycloak's roles are in `realm_access.roles`. Undefined where it is missing. */
export function readClaim(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name.split(".").reduce<unknown>((within, part) => {
    return typeof within === "object" && within !== null && Object.hasOwn(within, part)
      ? (within as Claims)[part]
      : undefined;
  }, claims);
}

function highest(found: readonly Role[]): Role | null {
  return roles.findLast((role) => found.includes(role)) ?? null;
}

function textsOf(claims: Claims, name: string | null): readonly string[] {
  const value = name === null ? undefined : readClaim(claims, name);
  return [value].flat().filter((each) => typeof each === "string");
}

function verifiedDomainOf({ email, email_verified: isVerified }: Claims): string | null {
  if (typeof email !== "string" || isVerified !== true) return null;
  const at = email.lastIndexOf("@");
  return at === -1 ? null : email.slice(at + 1).toLowerCase();
}

/** As accounts may be named: no colon, nothing that is not shown. */
function nameOf(claims: Claims, { nameClaim }: PeopleRules): string {
  for (const claim of [nameClaim, "email", "sub"]) {
    const [text = ""] = textsOf(claims, claim);
    const name = text
      .replaceAll(/[\p{C}\s:]+/gu, " ")
      .trim()
      .slice(0, maxNameLength)
      .trim();
    if (name !== "" && !/\p{C}/u.test(name)) return name;
  }
  return "somebody";
}

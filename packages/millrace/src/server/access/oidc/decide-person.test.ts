import { describe, expect, test } from "vitest";
import type { Role } from "../../../contract/access.ts";
import { decidePerson, neededClaims } from "./decide-person.ts";
import type { PeopleRules } from "./oidc-options.ts";

const rules: PeopleRules = {
  nameClaim: "preferred_username",
  roleClaim: "groups",
  roles: new Map<string, Role>([
    ["staff", "viewer"],
    ["flow-authors", "author"],
    ["flow-admins", "admin"],
  ]),
  domains: [],
  defaultRole: null,
};
const refused = (reason: string) => ({ isLetIn: false, reason: expect.stringContaining(reason) as string });

describe("who somebody is", () => {
  test("follows from the groups that they are in: of several roles the highest counts", () => {
    const groups = ["staff", "flow-authors", "cyclists"];
    expect(decidePerson({ sub: "1", preferred_username: "ada", groups }, rules)).toEqual({
      isLetIn: true,
      name: "ada",
      role: "author",
      updatesRole: true,
    });
    expect(decidePerson({ sub: "1", groups: "flow-admins" }, rules)).toMatchObject({ role: "admin" });
  });

  test.each([
    {},
    { groups: [] },
    { groups: ["cyclists", 7, null] },
    { groups: { staff: true } },
    { groups: ["STAFF"] },
  ])("has no role by %j, and is kept out unless there is one for everybody", (claims) => {
    expect(decidePerson({ sub: "1", ...claims }, rules)).toEqual(refused("has a role here"));
    expect(decidePerson({ sub: "1", ...claims }, { ...rules, defaultRole: "runner" })).toMatchObject({
      role: "runner",
    });
  });

  test("is asked once for a role where nothing says which", () => {
    const plain = { ...rules, roleClaim: null, roles: new Map<string, Role>(), defaultRole: "viewer" as const };
    expect(decidePerson({ sub: "1" }, plain)).toMatchObject({ role: "viewer", updatesRole: false });
  });

  test("may be deep in what is said of them, or under a name with dots", () => {
    const deep = { ...rules, roleClaim: "realm_access.roles" };
    expect(decidePerson({ sub: "1", realm_access: { roles: ["staff"] } }, deep)).toMatchObject({ role: "viewer" });
    expect(decidePerson({ sub: "1", "realm_access.roles": ["staff"] }, deep)).toMatchObject({ role: "viewer" });
    expect(decidePerson({ sub: "1" }, { ...rules, roleClaim: "__proto__.constructor" })).toEqual(refused("role"));
  });

  test("needs a verified address of a domain, where domains are given", () => {
    const of = { ...rules, domains: ["example.org"], defaultRole: "viewer" as const };
    const by = (claims: object) => decidePerson({ sub: "1", ...claims }, of).isLetIn;
    expect(by({ email: "ada@Example.org", email_verified: true })).toBe(true);
    expect(by({ email: "ada@example.org", email_verified: false })).toBe(false);
    expect(by({ email: "ada@example.org", email_verified: "true" })).toBe(false);
    expect(by({ email: "ada@example.org" })).toBe(false);
    expect(by({ email: "ada@evil.example.org", email_verified: true })).toBe(false);
    expect(by({ email: "ada@example.org@evil.example", email_verified: true })).toBe(false);
    expect(by({})).toBe(false);
    expect(neededClaims(of)).toEqual(["preferred_username", "groups", "email"]);
  });

  test.each([
    [{ email: "ada@example.org" }, "ada@example.org"],
    [{}, "subject-1"],
    [{ preferred_username: " a:\u202eda\r\n " }, "a da"],
    [{ preferred_username: ":" }, "subject-1"],
    [{ preferred_username: "x".repeat(500) }, "x".repeat(80)],
  ])("is named after %j as accounts may be named", (claims, name) => {
    expect(decidePerson({ sub: "subject-1", groups: "staff", ...claims }, rules)).toMatchObject({ name });
  });
});

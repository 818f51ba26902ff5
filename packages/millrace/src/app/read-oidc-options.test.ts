import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readOidcOptions } from "./read-oidc-options.ts";
import { describeSettings, readSettings } from "./settings.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-oidc-"));
const settingsOf = (given: Readonly<Record<string, string>>) => {
  const named = Object.entries(given).map(([name, value]) => [`MILLRACE_${name}`, value]);
  return readSettings({ home: folder, cwd: folder, env: Object.fromEntries(named) as Record<string, string> });
};
const read = (given: Readonly<Record<string, string>>) => readOidcOptions(settingsOf(given));
const enough = { OIDC_ISSUER: "https://login.example", OIDC_CLIENT_ID: "millrace", OIDC_DEFAULT_ROLE: "viewer" };

describe("the settings of an identity provider", () => {
  test("are none without an issuer, and few with one", () => {
    expect(read({})).toBeNull();
    expect(read(enough)).toEqual({
      name: "single sign-on",
      issuer: "https://login.example",
      clientId: "millrace",
      clientSecret: null,
      scopes: ["openid", "profile", "email"],
      publicUrl: null,
      people: {
        nameClaim: "preferred_username",
        roleClaim: null,
        roles: new Map(),
        domains: [],
        defaultRole: "viewer",
      },
    });
  });

  test("give groups their roles, whose names may have equals signs, and domains in lower case", () => {
    const rules = {
      OIDC_ROLE_CLAIM: "groups",
      OIDC_ROLES: "cn=flows,staff=viewer, admins=admin",
      OIDC_DOMAINS: "Example.org",
    };
    expect(() => read({ ...enough, ...rules })).toThrow("gives no role");
    const read2 = read({ ...enough, ...rules, OIDC_ROLES: "cn=flows=author, admins=admin" });
    expect(read2?.people.roles).toEqual(
      new Map([
        ["cn=flows", "author"],
        ["admins", "admin"],
      ]),
    );
    expect(read2?.people.domains).toEqual(["example.org"]);
    expect(read({ ...enough, PUBLIC_URL: "https://flows.example/below" })?.publicUrl).toBe(
      "https://flows.example/below/",
    );
  });

  test("take the secret from a file, and never show it", () => {
    const path = join(folder, "client-secret");
    writeFileSync(path, "canary of a client\n");
    expect(read({ ...enough, OIDC_CLIENT_SECRET_FILE: path })?.clientSecret).toBe("canary of a client");
    const described = describeSettings(settingsOf({ ...enough, OIDC_CLIENT_SECRET: "canary of a client" }));
    expect(JSON.stringify(described)).not.toContain("canary");
  });

  test.each([
    [{ OIDC_ISSUER: "http://login.example" }, "must begin with https://"],
    [{ OIDC_ISSUER: "https://login.example/?x=1" }, "more than a host and a path"],
    [{ OIDC_ISSUER: "login.example" }, "is no URL"],
    [{ OIDC_CLIENT_ID: "" }, "oidcClientId"],
    [{ OIDC_DEFAULT_ROLE: "" }, "nobody could come in"],
    [{ OIDC_DEFAULT_ROLE: "worker" }, "is not one of"],
    [{ OIDC_ROLE_CLAIM: "groups" }, "`oidcRoles` is not valid: it is missing, and oidcRoleClaim is set"],
    [{ OIDC_ROLES: "staff=viewer" }, "`oidcRoleClaim` is not valid"],
    [{ OIDC_CLIENT_SECRET_FILE: join(folder, "nowhere") }, "oidcClientSecretFile"],
    [{ OIDC_CLIENT_SECRET: "a", OIDC_CLIENT_SECRET_FILE: "b" }, "is set, too"],
    [{ PUBLIC_URL: "flows.example" }, "it is not a URL"],
  ])("that do not go together are told: %j", (given, message) => {
    const both = { ...enough, ...given };
    expect(() => read(both)).toThrow(expect.objectContaining({ code: "SETTING_INVALID" }));
    expect(() => read(both)).toThrow(message);
  });

  test("may name a provider on this machine by http", () => {
    expect(read({ ...enough, OIDC_ISSUER: "http://127.0.0.1:8080/realms/x" })?.issuer).toContain("127.0.0.1");
  });
});

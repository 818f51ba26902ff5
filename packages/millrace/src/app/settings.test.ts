import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { activateProfile, readProfiles } from "./profiles.ts";
import {
  childEnvironment,
  createEnvironmentReader,
  describeSettings,
  proxyEnvironment,
  readSettings,
  type SettingsOptions,
  writeSetting,
} from "./settings.ts";
import { settingNames, settingsTable } from "./settings-table.ts";

const newFolder = (): string => mkdtempSync(join(tmpdir(), "millrace-settings-"));

/** The settings of a new home, with nothing around it. */
function read(options: SettingsOptions = {}) {
  return readSettings({ home: newFolder(), cwd: newFolder(), env: {}, ...options });
}

const settingInvalid = (message: string): unknown => expect.objectContaining({ code: "SETTING_INVALID", message });

describe("settings", () => {
  test("have defaults", () => {
    const { origins, overruled, file, ...values } = readSettings({
      env: { MILLRACE_HOME: "/nonexistent/home" },
      cwd: "/srv",
    });
    expect(values).toEqual({
      home: "/nonexistent/home",
      database: null,
      apiUrl: null,
      apiKey: null,
      durability: "process",
      logLevel: "info",
      inlineResultBytes: 16_384,
      flowConcurrency: 256,
      bodyConcurrency: 1000,
      bodyCalls: 1_000_000,
      attentionMs: 250,
      graceMs: 10_000,
      leaseMs: 30_000,
      startWithinMs: 300_000,
      cancelWithinMs: 300_000,
      lateAfterMs: 15_000,
      scheduleHorizonMs: 8_640_000_000,
      firingRetentionMs: 30 * 86_400_000,
      eventRetentionMs: 7 * 86_400_000,
      runRetentionMs: null,
      resultRetentionMs: null,
      workerRetentionMs: 7 * 86_400_000,
      auditRetentionMs: 90 * 86_400_000,
      codeRetentionMs: 14 * 86_400_000,
      driftSettleMs: 1000,
      longSleepMs: 600_000,
      live: "auto",
      color: "auto",
      resultStorage: null,
      secretsKey: null,
      secretFiles: null,
      secretCommands: null,
      secretHoldMs: 60_000,
      checkAnswers: "off",
      serverHost: "127.0.0.1",
      serverPort: 4270,
      serverAllowRemote: false,
      serverAllowedHosts: null,
      trustedProxies: null,
      privateNetworks: null,
      accessControl: "off",
      publicUrl: null,
      oidcIssuer: null,
      oidcClientId: null,
      oidcClientSecret: null,
      oidcClientSecretFile: null,
      oidcScopes: ["openid", "profile", "email"],
      oidcName: "single sign-on",
      oidcNameClaim: "preferred_username",
      oidcRoleClaim: null,
      oidcRoles: null,
      oidcDomains: null,
      oidcDefaultRole: null,
      maxStreams: 4096,
      maxSockets: 4096,
      stopDelayMs: 0,
      metrics: "on",
      logFormat: "text",
      processLogLevel: "info",
      workerPool: null,
      workerType: null,
      workerQueues: null,
      workerLimit: 10,
      workerReady: 4,
      workerMetricsPort: null,
      workerMetricsHost: "127.0.0.1",
      runKeys: "on",
      profile: "default",
    });
    expect([overruled, file]).toEqual([{}, null]);
    expect(origins).toMatchObject({ home: "environment MILLRACE_HOME", leaseMs: "default" });
  });

  test("are an option, else the environment, else .env, else millrace.toml, else the profile, else the default", () => {
    const home = newFolder();
    const project = newFolder();
    const cwd = join(project, "flows");
    mkdirSync(cwd);
    const expected: [number, string][] = [];
    const env: Record<string, string> = {};
    const take = (options: SettingsOptions = {}): void => {
      const settings = readSettings({ home, cwd, env, ...options });
      expected.push([settings.graceMs, settings.origins.graceMs]);
    };
    take();
    writeSetting({ home, profile: "default", name: "graceMs", value: "1s" });
    take();
    writeFileSync(join(project, "millrace.toml"), 'graceMs = "1500ms"\n');
    take();
    writeFileSync(join(cwd, ".env"), "MILLRACE_GRACE_MS=2s\n");
    take();
    env.MILLRACE_GRACE_MS = "3s";
    take();
    take({ graceMs: "4s" });
    expect(expected).toEqual([
      [10_000, "default"],
      [1000, "profile default"],
      [1500, join("..", "millrace.toml")],
      [2000, ".env"],
      [3000, "environment MILLRACE_GRACE_MS"],
      [4000, "option"],
    ]);
    const described = describeSettings(readSettings({ home, cwd, env, graceMs: "4s" }));
    expect(described.find(({ name }) => name === "graceMs")?.overruled).toEqual([
      { value: 3000, from: "environment MILLRACE_GRACE_MS" },
      { value: 2000, from: ".env" },
      { value: 1500, from: join("..", "millrace.toml") },
      { value: 1000, from: "profile default" },
    ]);
  });

  test("that are set to nothing are not set", () => {
    expect(read({ env: { MILLRACE_DATABASE: "", MILLRACE_LIVE: "" } })).toMatchObject({ database: null, live: "auto" });
  });

  test("that may be absent are taken away by an empty option", () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, "millrace.toml"), 'database = "postgres://me@db.example/runs"\n');
    const settings = read({ cwd, database: "" });
    expect([settings.database, settings.origins.database]).toEqual([null, "option"]);
  });

  test("are not read further where the process has set them to nothing", () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, ".env"), "MILLRACE_LIVE=off\n");
    expect(read({ cwd, env: { MILLRACE_LIVE: "" } }).live).toBe("auto");
  });

  test("take folders relative to where they are set, and ~", () => {
    const cwd = newFolder();
    const home = join(cwd, "home");
    expect(readSettings({ cwd, env: { MILLRACE_HOME: "home" } }).home).toBe(home);
    expect(readSettings({ cwd, env: {}, home: "~/elsewhere" }).home).toBe(join(homedir(), "elsewhere"));
    expect(readSettings({ cwd, env: {}, home: "~elsewhere" }).home).toBe(join(cwd, "~elsewhere"));
    writeSetting({ home, profile: "default", name: "resultStorage", value: "kept" });
    expect(readSettings({ cwd, env: {}, home }).resultStorage).toBe(join(home, "kept"));
    expect(readSettings({ cwd, env: { MILLRACE_RESULT_STORAGE: "here" }, home }).resultStorage).toBe(join(cwd, "here"));
  });

  test.each([
    ["graceMs", "1500", 1500],
    ["graceMs", "1m30s", 90_000],
    ["graceMs", "0", 0],
    ["inlineResultBytes", "0", 0],
    ["inlineResultBytes", "64 kib", 65_536],
    ["inlineResultBytes", "1MB", 1_000_000],
    ["flowConcurrency", "1", 1],
    ["database", "postgresql://me@db.example/runs", "postgresql://me@db.example/runs"],
    ["resultStorage", "s3://bucket/some/prefix", "s3://bucket/some/prefix"],
    ["durability", "power", "power"],
    ["serverAllowRemote", "yes", true],
    ["serverAllowRemote", "0", false],
    ["trustedProxies", "10.0.0.1, 2001:db8::/32", ["10.0.0.1", "2001:db8::/32"]],
    ["serverAllowedHosts", "flows.example, www.flows.example,", ["flows.example", "www.flows.example"]],
    ["serverPort", "0", 0],
    ["runRetentionMs", "90d", 90 * 86_400_000],
  ] as const)("%s may be %s", (name, text, value) => {
    expect(read({ [name]: text })[name]).toEqual(value);
  });

  test.each([
    ["graceMs", "soon", /"soon" is not a duration/],
    ["graceMs", "2h", /`2h` is not from 0ms to 1h/],
    ["attentionMs", "5s", /`5s` is not from 10ms to 1s/],
    ["inlineResultBytes", "2MiB", /`2MiB` is not a size up to 1MiB/],
    ["inlineResultBytes", "-1", /`-1` is not a size/],
    ["flowConcurrency", "0", /`0` is not a whole number from 1 to 100000/],
    ["flowConcurrency", "1e3", /`1e3` is not a whole number/],
    ["live", "on", /`on` is not one of auto, tree, lines, off/],
    ["database", "mysql://db/runs", /it must begin with postgres:\/\//],
    ["serverPort", "65536", /`65536` is not a whole number from 0 to 65535/],
    ["serverHost", "http://me", /is no address/],
    ["trustedProxies", "10.0.0.0/33", /`10.0.0.0\/33` is neither an address nor a network/],
    ["trustedProxies", "10.0.0.1,proxy.example", /`proxy.example` is neither/],
    ["serverAllowRemote", "maybe", /`maybe` is not one of true, false/],
    ["eventRetentionMs", "10m", /`10m` is not from 1h to 3650d/],
    ["resultStorage", "gs://bucket", /is neither a folder nor s3/],
    ["resultStorage", "s3://bucket?acl=public", /is neither a folder nor s3/],
  ] as const)("%s may not be %s", (name, text, reason) => {
    expect(() => read({ [name]: text })).toThrow(
      expect.objectContaining({ code: "SETTING_INVALID", message: expect.stringMatching(reason) as string }),
    );
  });

  test("that are not right say where they were set", () => {
    expect(() => read({ env: { MILLRACE_LIVE: "on" } })).toThrow(
      settingInvalid(
        "Setting `live` (environment MILLRACE_LIVE) is not valid: `on` is not one of auto, tree, lines, off.",
      ),
    );
  });

  test("do not repeat the password of a database that is not right", () => {
    const attempt = (): unknown => read({ database: "postgres://me:s3cret@db:port/runs" });
    expect(attempt).toThrow(/percent-encoded/);
    expect(attempt).not.toThrow(/s3cret/);
  });
});

describe("colour", () => {
  test.each([
    [{}, "auto", "default"],
    [{ NO_COLOR: "1" }, "never", "environment NO_COLOR"],
    [{ NO_COLOR: "" }, "auto", "default"],
    [{ FORCE_COLOR: "1" }, "always", "environment FORCE_COLOR"],
    [{ FORCE_COLOR: "0" }, "never", "environment FORCE_COLOR"],
    [{ MILLRACE_COLOR: "always", FORCE_COLOR: "0" }, "always", "environment MILLRACE_COLOR"],
    [{ FORCE_COLOR: "3", NO_COLOR: "1" }, "always", "environment FORCE_COLOR"],
    [{ MILLRACE_COLOR: "auto", NO_COLOR: "1" }, "auto", "environment MILLRACE_COLOR"],
  ])("with %o is %s", (env, color, from) => {
    const settings = read({ env });
    expect([settings.color, settings.origins.color]).toEqual([color, from]);
  });
});

describe("millrace.toml", () => {
  function readWith(text: string, options: SettingsOptions = {}) {
    const cwd = newFolder();
    writeFileSync(join(cwd, "millrace.toml"), text);
    return { cwd, settings: readSettings({ cwd, env: {}, ...options }) };
  }

  test("has the home of a project, and folders that are relative to it", () => {
    const { cwd, settings } = readWith('home = ".millrace"\nresultStorage = "kept"\nserverPort = 4_271\n');
    expect(settings).toMatchObject({
      home: join(cwd, ".millrace"),
      resultStorage: join(cwd, "kept"),
      serverPort: 4271,
      file: join(cwd, "millrace.toml"),
      origins: { home: "millrace.toml", live: "default" },
    });
  });

  test("chooses a profile", () => {
    const home = newFolder();
    writeSetting({ home, profile: "work", name: "live", value: "off" });
    expect(readWith('profile = "work"\n', { home }).settings).toMatchObject({ profile: "work", live: "off" });
    expect(readWith('profile = "work"\n', { home, profile: "default" }).settings.profile).toBe("default");
  });

  test("has no settings that there are not, and no key of secrets", () => {
    expect(() => readWith("port = 1\n", { home: newFolder() })).toThrow(/`port`.* there is no such setting/);
    expect(() => readWith('secretsKey = "k"\n', { home: newFolder() })).toThrow(
      settingInvalid(
        "Setting `secretsKey` (millrace.toml) is not valid: this file cannot have it: set MILLRACE_SECRETS_KEY.",
      ),
    );
  });
});

describe("profiles", () => {
  test("are chosen by option, environment, .env or the one that is active", () => {
    const home = newFolder();
    const cwd = newFolder();
    for (const profile of ["one", "two", "three", "four"]) {
      writeSetting({ home, profile, name: "flowConcurrency", value: String(profile.length) });
    }
    const read = (options: SettingsOptions = {}): string => readSettings({ home, cwd, env: {}, ...options }).profile;
    expect(read()).toBe("default");
    activateProfile({ home, name: "one" });
    expect(read()).toBe("one");
    writeFileSync(join(cwd, ".env"), "MILLRACE_PROFILE=two\n");
    expect(read()).toBe("two");
    expect(read({ env: { MILLRACE_PROFILE: "three" } })).toBe("three");
    expect(read({ env: { MILLRACE_PROFILE: "three" }, profile: "four" })).toBe("four");
    expect(() => read({ profile: "fuor" })).toThrow(
      settingInvalid("Setting profile is not valid: there is no profile `fuor`. Did you mean `four`?."),
    );
  });

  test("take numbers and texts, and skip what is null", () => {
    const home = newFolder();
    const profiles = { default: { graceMs: 500, live: "off", leaseMs: null } };
    writeFileSync(join(home, "profiles.json"), JSON.stringify({ profiles }));
    expect(read({ home })).toMatchObject({ graceMs: 500, live: "off", leaseMs: 30_000 });
  });

  test("with a setting that does not exist are an error that names the one that was meant", () => {
    const home = newFolder();
    writeFileSync(join(home, "profiles.json"), JSON.stringify({ profiles: { default: { lease: 1 } } }));
    expect(() => read({ home })).toThrow(
      settingInvalid("Setting `lease` is not valid: there is no such setting. Did you mean `leaseMs`?."),
    );
  });
});

describe("writing a setting", () => {
  test("checks the value and the name first", () => {
    const home = newFolder();
    const write = (name: string, value: string | null) => () => writeSetting({ home, profile: "default", name, value });
    expect(write("live", "on")).toThrow(/`on` is not one of/);
    expect(write("inline-result-bytes", "1")).toThrow(/Did you mean `inlineResultBytes`\?/);
    expect(write("everything", "1")).toThrow(/there is no such setting/);
    expect(write("home", "/tmp")).toThrow(/a profile cannot have it: set MILLRACE_HOME/);
    expect(write("secretsKey", "x")).toThrow(/a profile cannot have it: set MILLRACE_SECRETS_KEY/);
    expect(readProfiles(home).profiles).toEqual({ default: {} });
    write("live", "off")();
    expect(read({ home }).live).toBe("off");
    write("live", null)();
    expect(read({ home }).live).toBe("auto");
  });
});

describe("the description of the settings", () => {
  test("has each in the order of the table, with secrets masked", () => {
    const database = "postgres://me:s3cret@db.example/runs?sslmode=require&sslpassword=s3cret2";
    const env = { MILLRACE_SECRETS_KEY: "s3cret3", MILLRACE_API_KEY: "mr_s3cret4" };
    const described = describeSettings(read({ database, env }));
    expect(described.map(({ name }) => name)).toEqual(settingNames);
    expect(JSON.stringify(described)).not.toContain("s3cret");
    expect(described.find(({ name }) => name === "database")).toMatchObject({
      value: "postgres://me:********@db.example/runs?sslmode=require&sslpassword=********",
      from: "option",
      variable: "MILLRACE_DATABASE",
    });
    for (const each of ["secretsKey", "apiKey"] as const) {
      expect(described.find(({ name }) => name === each)).toMatchObject({ value: "********" });
    }
    expect(described.find(({ name }) => name === "resultStorage")).toMatchObject({ value: null, from: "default" });
  });

  test("has a variable and a sentence for each setting", () => {
    for (const name of settingNames) {
      const { variable, description } = settingsTable[name];
      expect(variable).toBe(`MILLRACE_${name.replace(/[A-Z]/g, "_$&").toUpperCase()}`);
      expect(description).toMatch(/^[A-Z].*\.$/);
    }
  });
});

describe("the proxy of the environment", () => {
  const own = "localhost,127.0.0.1,::1,[::1]";

  test.each([
    [{}, null],
    [{ HTTPS_PROXY: "" }, null],
    [{ HTTPS_PROXY: "http://proxy:3128", NODE_USE_ENV_PROXY: "0" }, null],
    [{ NO_PROXY: "db.example" }, null],
    [
      { HTTPS_PROXY: "http://proxy:3128" },
      { HTTPS_PROXY: "http://proxy:3128", NODE_USE_ENV_PROXY: "1", NO_PROXY: own, no_proxy: own },
    ],
    [
      { http_proxy: "http://proxy:3128", no_proxy: "db.example", PATH: "/bin" },
      {
        http_proxy: "http://proxy:3128",
        NODE_USE_ENV_PROXY: "1",
        NO_PROXY: `db.example,${own}`,
        no_proxy: `db.example,${own}`,
      },
    ],
    [
      { HTTP_PROXY: "http://proxy:3128", NO_PROXY: "*" },
      { HTTP_PROXY: "http://proxy:3128", NODE_USE_ENV_PROXY: "1", NO_PROXY: "*", no_proxy: "*" },
    ],
  ])("with %o is %o", (env, expected) => {
    expect(proxyEnvironment(env)).toEqual(expected);
  });
});

describe("the key for a server", () => {
  test("that cannot be one is refused, and not repeated", () => {
    const wrong = (): unknown => read({ env: { MILLRACE_API_KEY: "mr_s3cret with a blank" } });
    expect(wrong).toThrow(
      settingInvalid(
        "Setting `apiKey` (environment MILLRACE_API_KEY) is not valid: it has a character that no key has, such as a blank.",
      ),
    );
  });

  test("is in the environment of the processes that are started, wherever it was set", () => {
    const home = newFolder();
    writeSetting({ home, profile: "default", name: "apiKey", value: "mr_kept" });
    expect(childEnvironment(read({ home })).MILLRACE_API_KEY).toBe("mr_kept");
    expect(childEnvironment(read()).MILLRACE_API_KEY).toBe(process.env.MILLRACE_API_KEY);
  });
});

describe("the environment reader", () => {
  test("reads the process's environment as it is now", () => {
    const read = createEnvironmentReader();
    expect(read("MILLRACE_TEST_VARIABLE")).toBeUndefined();
    process.env.MILLRACE_TEST_VARIABLE = "set";
    try {
      expect(read("MILLRACE_TEST_VARIABLE")).toBe("set");
    } finally {
      delete process.env.MILLRACE_TEST_VARIABLE;
    }
  });
});

import { afterAll, describe, expect, test } from "vitest";
import { openCommandHost } from "../app/command-host.ts";
import { context, emit, flow, logger, secret, secretProvider, task } from "../exports/index.ts";

const host = await openCommandHost();
afterAll(() => host[Symbol.asyncDispose]());

describe("a secret", () => {
  test("that was set is sealed in the ledger, and read from it", async () => {
    await secret.set("service-token", "s3cr3t-one");
    const sealed = await host.api.readSecret("service-token");
    expect(sealed?.sealed).toMatch(/^v2\./);
    expect(sealed?.sealed).not.toContain("s3cr3t-one");
    await expect(secret.get("service-token")).resolves.toBe("s3cr3t-one");
    await secret.set("service-token", "s3cr3t-two");
    await expect(secret.get("service-token")).resolves.toBe("s3cr3t-two");
    await expect(secret.delete("service-token")).resolves.toBe(true);
    await expect(secret.delete("service-token")).resolves.toBe(false);
  });

  test("is taken from the environment under its name in capitals, where the ledger has none", async () => {
    process.env.DB_PASSWORD_2 = "from-the-environment";
    await expect(secret.get("db-password.2")).resolves.toBe("from-the-environment");
    await expect(secret.get("DB_PASSWORD_2")).resolves.toBe("from-the-environment");
    await secret.set("db-password.2", "from-the-ledger");
    await expect(secret.get("db-password.2")).resolves.toBe("from-the-ledger");
    await expect(secret.get("DB_PASSWORD_2")).resolves.toBe("from-the-environment");
  });

  test("that nobody has is an error that says what to do", async () => {
    process.env.EMPTY_TOKEN = "";
    await expect(secret.get("empty-token")).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: "There is no secret `empty-token`.",
      fix: "Set it once with `millrace secret set empty-token`, or give it as EMPTY_TOKEN in the environment or a .env file.",
    });
  });

  test("is masked in what is recorded from then on", async () => {
    process.env.LEAKY_TOKEN = "s3cr3t-that-leaks";
    const leak = task({ name: "leak" }, async () => {
      const token = await secret.get("leaky-token");
      logger().info(`token ${token}`, { token });
      await emit("leaked", { payload: { token } });
      return context().flowRun?.id ?? "";
    });
    const id = await flow({ name: "leak" }, () => leak())();
    const { items: logs } = await host.api.listLogs({ flowRunIds: [id] });
    const { items: events } = await host.api.listEvents({ flowRunIds: [id], names: ["leaked"] });
    expect(logs.map(({ message }) => message)).toContain("token ********");
    expect(events).toHaveLength(1);
    expect(JSON.stringify([logs, events])).not.toContain("s3cr3t");
  });
});

describe("a provider", () => {
  test("is asked where ledger and environment have none, in the order of addition, until it is disposed", async () => {
    const asked: string[] = [];
    const make = (name: string, values: Readonly<Record<string, string>>): Disposable =>
      secretProvider({
        name,
        async read(wanted) {
          asked.push(`${name}:${wanted}`);
          return values[wanted] ?? null;
        },
      });
    {
      using _first = make("vault", { one: "from the vault" });
      using _second = make("files", { one: "from the files", two: "from the files" });
      await expect(secret.get("one")).resolves.toBe("from the vault");
      await expect(secret.get("two")).resolves.toBe("from the files");
      expect(asked).toEqual(["vault:one", "vault:two", "files:two"]);
      await expect(secret.get("three")).rejects.toMatchObject({
        fix: expect.stringContaining("Asked without success: vault, files."),
      });
    }
    await expect(secret.get("one")).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(asked).toHaveLength(5);
  });

  test("that fails is heard", async () => {
    using _broken = secretProvider({ name: "vault", read: () => Promise.reject(new Error("the vault is sealed")) });
    await expect(secret.get("anything")).rejects.toThrow("the vault is sealed");
  });
});

/** What runs say: log lines, captured console, and secrets that are hidden in all of it. */

import { describe, expect, test } from "vitest";
import { artifact } from "../sdk/artifacts.ts";
import { context, logger } from "../sdk/context.ts";
import { emit } from "../sdk/events.ts";
import { flow } from "../sdk/flow.ts";
import { secret } from "../sdk/secrets.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";

describe("the logger", () => {
  test("writes lines of the flow or task it is used in, with level, time and fields", async () => {
    await using ledger = await createTestLedger();
    const load = task({ name: "load" }, async () => logger().warn("few rows", { rows: 3, when: new Date(0), big: 7n }));
    const { run } = await ledger.run(
      flow(async () => {
        logger().info("begins");
        await load();
      }),
    );
    const [record] = await ledger.taskRuns(run);
    const lines = await ledger.logs(run);
    expect(
      lines.map(({ taskRunId, level, message, logger: name, attempt }) => [taskRunId, level, message, name, attempt]),
    ).toEqual([
      [null, "info", "begins", "millrace.run", 1],
      [record?.id, "warn", "few rows", "millrace.run", 1],
    ]);
    expect(JSON.parse(lines[1]?.fields ?? "null")).toEqual({ rows: 3, when: "1970-01-01T00:00:00.000Z", big: "7" });
    expect(lines[0]?.at).toBe(Date.UTC(2026, 0, 1));
  });

  test("drops what is less severe than the level of the task, the flow, or the settings", async () => {
    await using ledger = await createTestLedger();
    const speak = async (): Promise<void> => {
      for (const level of ["trace", "debug", "info", "warn", "error", "fatal"] as const) logger().log(level, level);
    };
    const quiet = task({ name: "quiet", logLevel: "error" }, speak);
    const chatty = task({ name: "chatty", logLevel: "trace" }, speak);
    const plain = task({ name: "plain" }, speak);
    const { run } = await ledger.run(
      flow({ name: "levels", logLevel: "warn" }, async () => {
        await quiet();
        await chatty();
        await plain();
      }),
    );
    expect((await ledger.logs(run)).map(({ level }) => level).join(" ")).toBe(
      "error fatal trace debug info warn error fatal warn error fatal",
    );
    const other = await ledger.run(flow({ name: "default" }, async () => plain()));
    expect((await ledger.logs(other)).map(({ level }) => level)).toEqual(["info", "warn", "error", "fatal"]);
  });

  test("keeps fields that are no JSON as a text, and cuts what is too long", async () => {
    await using ledger = await createTestLedger();
    const circular: Record<string, unknown> = { name: "circle" };
    circular.self = circular;
    const { run } = await ledger.run(
      flow(async () => {
        logger().info("circular", circular);
        logger().info("x".repeat(100_000), { text: "y".repeat(100_000) });
      }),
    );
    const [first, second] = await ledger.logs(run);
    expect(first?.fields).toContain("circle");
    expect(second?.message).toHaveLength(65_536 - 2);
    expect(second?.message.endsWith("…")).toBe(true);
    expect(JSON.parse(second?.fields ?? "")).toHaveProperty("fields");
  });

  test("is recorded although the flow fails or the process dies right after", async () => {
    await using ledger = await createTestLedger();
    const { run } = await ledger.run(
      flow(async () => {
        logger().info("last words");
        throw new Error("the end");
      }),
    );
    expect((await ledger.logs(run)).map(({ message }) => message)).toEqual(["last words"]);
  });
});

describe("captured console", () => {
  test("becomes log lines where it was asked for, and only there", async () => {
    await using ledger = await createTestLedger();
    const captured = task({ name: "captured", captureConsole: true }, async () => {
      console.log("hello %s", "world", { a: 1 });
      console.warn("careful");
      console.error(new Error("broken"));
      console.debug("not recorded at level info");
    });
    const { run } = await ledger.run(flow(async () => captured()));
    const [record] = await ledger.taskRuns(run);
    const lines = await ledger.logs(run);
    expect(lines.map(({ level, logger: name, taskRunId }) => [level, name, taskRunId])).toEqual([
      ["info", "console", record?.id],
      ["warn", "console", record?.id],
      ["error", "console", record?.id],
    ]);
    expect(lines[0]?.message).toBe("hello world { a: 1 }");
    expect(lines[2]?.message).toContain("Error: broken");
  });

  test("of a flow holds for its tasks too, unless they say otherwise", async () => {
    await using ledger = await createTestLedger();
    const loud = task({ name: "loud" }, async () => console.log("from a task"));
    const { run } = await ledger.run(
      flow({ name: "capturing", captureConsole: true }, async () => {
        console.log("from the flow");
        await loud();
      }),
    );
    expect((await ledger.logs(run)).map(({ message }) => message)).toEqual(["from the flow", "from a task"]);
  });
});

describe("secrets", () => {
  test("are hidden before a text is cut, also where the console would cut it", async () => {
    await using ledger = await createTestLedger();
    const long = "part-of-a-secret-".repeat(5000);
    const endless: Record<string, unknown> = { long };
    endless.itself = endless;
    const says = flow({ name: "says", captureConsole: true }, async () => {
      await secret.set("long", long);
      console.log("says %o", { long }, { long });
      logger().info("fields", endless);
      logger().info("x".repeat(65_530) + long);
    });
    const { run } = await ledger.run(says);
    const lines = await ledger.logs(run);
    expect(lines).toHaveLength(3);
    expect(JSON.stringify(lines)).not.toContain("part-of");
    expect(lines[0]?.message.replaceAll(/\s+/g, " ")).toBe("says { long: '********' } { long: '********' }");
  });

  test("that were read are hidden in everything that is recorded", async () => {
    await using ledger = await createTestLedger();
    const token = "s3cr3t/token+value";
    const use = task({ name: "use", runName: "use {given}" }, async (given: string) => {
      logger().info(`token is ${given}`, { token: given, encoded: Buffer.from(given).toString("base64") });
      await artifact.markdown(`the ${given}`, { description: `about ${given}` });
      await emit("token.used", { payload: { given } });
      throw new Error(`${given} was refused`, { cause: new Error(`cause ${encodeURIComponent(given)}`) });
    });
    const { run } = await ledger.run(
      flow({ name: "leaky" }, async () => {
        await secret.set("service-token", token);
        const given = await secret.get("service-token");
        await use(given).catch(() => undefined);
        throw new Error(`flow ${given}`);
      }),
    );
    const everything = JSON.stringify([
      await ledger.read(run),
      (await ledger.taskRuns(run)).map((record) => ({ ...record, key: "" })),
      await ledger.logs(run),
      await ledger.artifacts(run),
      await ledger.events(run),
      await ledger.api.listSecrets(),
    ]);
    expect(everything).toContain("********");
    for (const form of [token, Buffer.from(token).toString("base64"), encodeURIComponent(token)]) {
      expect(everything).not.toContain(form);
    }
    expect((await ledger.read(run)).error).toMatchObject({ message: "flow ********" });
  });

  test("are hidden in the message of a state and of a retry", async () => {
    await using ledger = await createTestLedger();
    const flaky = task({ name: "flaky", retries: 1 }, async (given: string) => {
      throw new Error(`no entry with ${given}`);
    });
    const { run } = await ledger.run(
      flow({ name: "leaky" }, async () => {
        await secret.set("password", "hunter22");
        await flaky(await secret.get("password"));
      }),
    );
    const [record] = await ledger.taskRuns(run);
    const texts = JSON.stringify([record?.history, record?.reasonDetail, run.history, await ledger.logs(run)]);
    expect(texts).toContain("no entry with ********");
    expect(texts).not.toContain("hunter22");
  });

  test("are masked before a line is cut, so that no half of one is left", async () => {
    await using ledger = await createTestLedger();
    const long = "abcdefgh".repeat(20);
    const { run } = await ledger.run(
      flow({ name: "long" }, async () => {
        await secret.set("long", long);
        const given = await secret.get("long");
        logger().info("x".repeat(65_536 - 20) + given);
      }),
    );
    const [line] = await ledger.logs(run);
    expect(line?.message).not.toContain("abcdefgh");
  });
});

test("a task outside of flows logs under its own id", async () => {
  await using ledger = await createTestLedger();
  let id = "";
  const lone = task({ name: "lone" }, async () => {
    id = context().taskRun?.id ?? "";
    logger().info("alone");
  });
  await lone();
  await new Promise((resolve) => void setImmediate(resolve));
  const lines = await ledger.logs();
  expect(lines.map(({ flowRunId, taskRunId, message }) => [flowRunId, taskRunId, message])).toEqual([
    [null, id, "alone"],
  ]);
});

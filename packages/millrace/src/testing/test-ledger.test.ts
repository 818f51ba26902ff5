import { existsSync } from "node:fs";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { runtimeSlot } from "../contract/runtime.ts";
import { context } from "../sdk/context.ts";
import { now, random, sleep, uuid } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { pause } from "../sdk/pause.ts";
import { signal } from "../sdk/signals.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "./ledger-under-test.testsuite.ts";

const double = task({ name: "double" }, async (n: number) => n * 2);
const simple = flow({ name: "simple" }, async ({ n }: { n: number }) => double(n));

describe("a test ledger", () => {
  test("has the runs of this process while it is open, and nothing after", async () => {
    const before = runtimeSlot().runtime;
    {
      await using ledger = await createTestLedger();
      expect(await simple({ n: 4 })).toBe(8);
      const [run] = await ledger.runs();
      expect(run).toMatchObject({ flowName: "simple", state: { name: "Completed" } });
      expect(await ledger.taskRuns(run ?? "")).toHaveLength(1);
    }
    expect(runtimeSlot().runtime).toBe(before);
  });

  test("is each its own: the newest counts, and closing it gives the one before back", async () => {
    await using outer = await createTestLedger();
    {
      await using inner = await createTestLedger();
      await simple({ n: 1 });
      expect(await inner.runs()).toHaveLength(1);
    }
    await simple({ n: 2 });
    expect(await outer.runs()).toHaveLength(1);
  });

  test("may be closed out of order, and twice", async () => {
    const before = runtimeSlot().runtime;
    const [one, two] = [await createTestLedger(), await createTestLedger()];
    await one.close();
    await simple({ n: 1 });
    expect(await two.runs()).toHaveLength(1);
    await two.close();
    await two.close();
    expect(runtimeSlot().runtime).toBe(before);
  });

  test("leaves nothing on the disk", async () => {
    const ledger = await createTestLedger({ database: "file" });
    const big = task({ name: "big" }, async () => "x".repeat(100_000));
    await ledger.run(flow(async () => big()));
    expect(existsSync(`${ledger.home}/ledger.db`)).toBe(true);
    await ledger.close();
    expect(existsSync(ledger.home)).toBe(false);
  });

  test("stops what still runs when it is closed", async () => {
    const ledger = await createTestLedger();
    let reason: unknown;
    const { ended } = await ledger.start(
      flow(async () => {
        const { signal: aborts } = context();
        aborts.addEventListener("abort", () => (reason = aborts.reason));
        return new Promise(() => undefined);
      }),
    );
    ended.catch(() => undefined);
    await ledger.close();
    expect(reason).toMatchObject({ code: "LEASE_LOST" });
  });
});

describe("the same seed", () => {
  const seeded = flow({ name: "seeded" }, async () => [await uuid(), await random(), context().flowRun?.name]);
  const run = async (seed: number | string): Promise<unknown> => {
    await using ledger = await createTestLedger({ seed });
    const ended = await ledger.run(seeded);
    return [ended.id, ended.value, await ledger.taskRuns(ended)];
  };

  test("gives the same ids, names, numbers and times", async () => {
    expect(await run("a")).toEqual(await run("a"));
    expect(await run("a")).not.toEqual(await run("b"));
  });
});

describe("virtual time", () => {
  test("passes by itself for sleeps, and begins where it is told", async () => {
    await using ledger = await createTestLedger({ start: new Date("2030-02-03T00:00:00Z") });
    const { value } = await ledger.run(
      flow(async () => {
        await sleep("90d");
        return now();
      }),
    );
    expect(value).toEqual(new Date("2030-05-04T00:00:00Z"));
    expect(ledger.clock.now()).toBe(Date.UTC(2030, 4, 4));
  });

  test("stands still while a run waits for a person or a signal, and is advanced by hand", async () => {
    await using ledger = await createTestLedger();
    const go = signal<string>("go");
    const asking = await ledger.start(flow({ name: "asking" }, async () => pause({ timeout: "1d" })));
    const waiting = await ledger.start(flow({ name: "waiting" }, async () => go.wait({ timeout: "30s" })));
    await ledger.untilState(asking, "PAUSED");
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(ledger.clock.now()).toBe(Date.UTC(2026, 0, 1));
    await ledger.signal(waiting, "go", "now");
    expect((await waiting.ended).value).toBe("now");
    await ledger.clock.advance("25h");
    expect((await asking.ended).error).toMatchObject({ code: "PAUSE_TIMED_OUT" });
  });

  test("waits for the answer of an HTTP request, but not for ever", async () => {
    await using ledger = await createTestLedger();
    // In a process of its own: of a server in this one, Node would show the timer.
    const program = `require("node:http").createServer((request, response) => {
      if (request.url === "/late") setTimeout(() => response.end("late"), 100);
    }).listen(0, "127.0.0.1", function () { console.log(this.address().port); });`;
    const server = spawn(process.execPath, ["--eval", program]);
    const [port] = await once(server.stdout, "data");
    const get = task({ name: "get", timeout: "1h" }, async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${String(port).trim()}/${path}`, { signal: context().signal });
      return response.text();
    });
    expect((await ledger.run(flow(async () => get("late")))).value).toBe("late");
    expect((await ledger.run(flow(async () => get("never")))).error).toMatchObject({ code: "TIMED_OUT" });
    server.kill();
  });

  test("that is manual passes only by hand", async () => {
    await using ledger = await createTestLedger({ clock: "manual" });
    const woken: number[] = [];
    const { ended } = await ledger.start(
      flow(async () => {
        for (const hour of [1, 2, 3]) {
          await sleep("1h");
          woken.push(hour);
        }
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(woken).toEqual([]);
    await ledger.clock.advance("2h 30m");
    expect(woken).toEqual([1, 2]);
    await ledger.clock.advance("30m");
    await ended;
    expect(ledger.clock.now()).toBe(Date.UTC(2026, 0, 1, 3));
  });

  test("is the machine's where that is asked for, and cannot be advanced then", async () => {
    await using ledger = await createTestLedger({ clock: "real" });
    const { run } = await ledger.run(simple, { n: 1 });
    expect(Math.abs(run.createdAt - Date.now())).toBeLessThan(60_000);
    await expect(ledger.clock.advance("1h")).rejects.toMatchObject({ code: "USAGE" });
  });
});

describe("untilState", () => {
  test("rejects when the run ends in another state", async () => {
    await using ledger = await createTestLedger();
    const { id } = await ledger.start(simple, { n: 1 });
    await expect(ledger.untilState(id, "PAUSED")).rejects.toThrow("ended Completed instead");
    expect(await ledger.untilState(id, "COMPLETED")).toMatchObject({ name: "Completed" });
  });
});

/** A database of the test's own: other tests use the server too. */
async function openOwnDatabase(url: string) {
  const { default: pg } = await import("pg");
  const name = `test_ledgers_${process.pid}`;
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: own.href });
  await client.connect();
  return {
    database: own.href as `postgres://${string}`,
    schemas: async (): Promise<readonly unknown[]> =>
      (await client.query("select nspname from pg_namespace where nspname like 'millrace%'")).rows,
    async [Symbol.asyncDispose]() {
      await client.end();
      await admin.query(`drop database ${name}`);
      await admin.end();
    },
  };
}

describe("another database", () => {
  test("in a file can be opened by another process", async () => {
    await using ledger = await createTestLedger({ database: "file", clock: "real" });
    await ledger.run(simple, { n: 1 });
    const cli = fileURLToPath(new URL("../cli/main.ts", import.meta.url));
    const env = { ...process.env, MILLRACE_HOME: ledger.home };
    const { stdout } = await promisify(execFile)(process.execPath, [cli, "flow-run", "ls", "--json"], { env });
    expect(JSON.parse(stdout)).toMatchObject([{ flowName: "simple" }]);
  });

  const url = process.env.MILLRACE_TEST_POSTGRES_URL;
  test.skipIf(url === undefined)("in PostgreSQL has a schema of its own, which is dropped", async () => {
    await using server = await openOwnDatabase(url ?? "");
    const { database } = server;
    const [one, two] = [await createTestLedger({ database }), await createTestLedger({ database })];
    const slow = flow({ name: "slow" }, async () => {
      await sleep("3d");
      return double(21);
    });
    expect((await two.run(slow)).value).toBe(42);
    expect(await one.runs()).toEqual([]);
    expect(await server.schemas()).toHaveLength(2);
    await Promise.all([one.close(), two.close()]);
    expect(await server.schemas()).toEqual([]);
  });
});

describe("find the flow of a run", () => {
  test("by name, module and code; a flow that is handed in goes before", async () => {
    await using ledger = await createTestLedger();
    const of = (text: string) => flow({ name: "named" }, async () => (text === "die" ? ledger.crash() : text));
    const run = await ledger.run(of("die"));
    of("the newest of equal text");
    expect((await ledger.resume(run)).value).toBe("the newest of equal text");
    const other = await ledger.run(of("die"));
    const changed = flow({ name: "named" }, async () => "changed code");
    expect((await ledger.resume(other, { flow: changed })).value).toBe("changed code");
  });

  test("is refused where there is none", async () => {
    await using ledger = await createTestLedger();
    const { run } = await ledger.run(flow({ name: "dying" }, async () => ledger.crash()));
    const { definitions } = runtimeSlot();
    const kept = definitions.splice(0);
    await expect(ledger.resume(run)).rejects.toMatchObject({ code: "FLOW_NOT_FOUND" });
    definitions.push(...kept);
  });
});

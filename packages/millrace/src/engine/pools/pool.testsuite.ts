/** What every kind of pool does. Each kind's test runs it. */

import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import type { Api } from "../../contract/api.ts";
import { isMillraceError, MillraceError } from "../../contract/errors.ts";
import type { BodyPool, PoolCall } from "../../contract/pools.ts";
import type { LogLevel } from "../../contract/records.ts";
import { brands, type FlowRunInfo } from "../../contract/runtime.ts";
import { maxWaitingLines } from "../log-allowance.ts";
import * as bodies from "./fixtures/bodies.ts";
import { callOf, definedIn, taskRun } from "./fixtures/calls.ts";
import * as one from "./fixtures/module-one.ts";
import * as two from "./fixtures/module-two.ts";
import * as three from "./fixtures/module-three.ts";
import * as four from "./fixtures/module-four.ts";
import * as five from "./fixtures/module-five.ts";
import type { PoolOptions } from "./pool.ts";

const flowRun: FlowRunInfo = {
  id: "0190b5c8-0000-7000-8000-0000000000aa",
  name: "brave-otter",
  flowName: "pipeline",
  parameters: { since: new Date(0) },
  tags: ["nightly"],
  attempt: 2,
  scheduledAt: 7,
  deploymentId: null,
  parentRunId: null,
  rootRunId: "0190b5c8-0000-7000-8000-0000000000aa",
  version: "1",
};

const runtime = {
  recordArtifact: async () => {},
  recordEvent: async () => {},
  readEnvironment: () => undefined,
  hide: (texts: readonly string[]) => texts,
};

const noPlace = { place: () => null, working: () => {}, mask: () => {} };

export function testPool(kind: BodyPool["kind"], createPool: (options?: PoolOptions) => BodyPool): void {
  const runner = kind === "threads" ? "thread" : "process";
  const pools: BodyPool[] = [];
  const open = (options: PoolOptions = { limit: 1 }): BodyPool => {
    const pool = createPool(options);
    pools.push(pool);
    return pool;
  };
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.close({ abandon: true })));
  });
  /** A call that is aborted with the reason as soon as its body says that it runs. */
  const abortedCall = (task: Parameters<typeof callOf>[0], reason: unknown, graceMs = 1_000): PoolCall => {
    const abort = new AbortController();
    return callOf(task, [], { signal: abort.signal, graceMs, log: () => abort.abort(reason) });
  };
  const errorOf = async (promise: Promise<unknown>): Promise<Error & { code?: unknown; cause?: unknown }> => {
    try {
      await promise;
    } catch (error) {
      if (error instanceof Error) return error;
      throw new Error(`Rejected with ${String(error)}, which is no error`);
    }
    throw new Error("It should have failed");
  };

  describe("values", () => {
    test("of plain and async bodies", async () => {
      const pool = open();
      expect(pool.kind).toBe(kind);
      expect(await pool.run(callOf(bodies.add, [1, 2]))).toBe(3);
      const rich = {
        date: new Date(5),
        map: new Map([[1, new Set(["a"])]]),
        big: 3n,
        bytes: new Float32Array([1, 2]),
        none: undefined,
      };
      expect(await pool.run(callOf(bodies.echo, [rich]))).toEqual(rich);
      expect(await pool.run(callOf(bodies.echo, [undefined]))).toBe(undefined);
    });

    test("of a generator, as an array", async () => {
      expect(await open().run(callOf(bodies.count, [4]))).toEqual([1, 2, 3, 4]);
    });

    test("errors as values, and as arguments", async () => {
      const pool = open();
      const value = await pool.run(callOf(bodies.returnError));
      expect(value).toMatchObject({ name: "QuotaError", code: "E_QUOTA", message: "as a value" });
      const upstream = new MillraceError("NOT_FOUND", { kind: "variable", name: "x", advice: "Set it." });
      expect(await pool.run(callOf(bodies.echo, [upstream]))).toMatchObject({
        name: "MillraceError",
        code: "NOT_FOUND",
      });
    });

    test("returned states keep their brand", async () => {
      expect(await open().run(callOf(bodies.returnState))).toMatchObject({
        [brands.state]: true,
        type: "FAILED",
        message: "not today",
      });
    });

    test("big buffers of results arrive whole", async () => {
      const pool = open();
      const result = (await pool.run(callOf(bodies.numbers, [1_000_000]))) as {
        values: Float64Array;
        part: Uint8Array;
      };
      expect(result.values).toHaveLength(1_000_000);
      expect(result.values[999_999]).toBe(1.5);
      expect(result.part).toHaveLength(10);
      expect(new Uint8Array((await pool.run(callOf(bodies.wasm))) as ArrayBuffer)).toHaveLength(4 * 65_536);
    });

    test("arguments are copied, and stay usable", async () => {
      const values = new Float64Array(100_000).fill(2);
      expect(await open().run(callOf(bodies.echo, [values]))).toEqual(values);
      expect(values).toHaveLength(100_000);
    });

    test("that cannot cross are named", async () => {
      const pool = open();
      const argument = await errorOf(pool.run(callOf(bodies.echo, [1, { list: [{}, { "on done": () => 1 }] }])));
      expect(argument).toMatchObject({ code: "BODY_VALUE_UNCLONABLE" });
      expect(argument.message).toBe(
        `An argument of task \`echo\` cannot cross to or from its ${runner}: \`callback.list[1]["on done"]\` is a function.`,
      );
      const result = await errorOf(pool.run(callOf(bodies.returnFunction)));
      expect(result).toMatchObject({ code: "BODY_VALUE_UNCLONABLE" });
      expect(result.message).toContain("The result of task `return-function` cannot cross to or from its");
      expect(result.message).toContain("`result.model.predict` is a function.");
      expect(await pool.run(callOf(bodies.add, [1, 2]))).toBe(3);
    });
  });

  describe("errors", () => {
    test("keep class name, message, stack, code, cause and properties", async () => {
      const pool = open();
      const error = await errorOf(pool.run(callOf(bodies.fail, ["class"])));
      expect(error).toMatchObject({ name: "QuotaError", message: "too much", code: "E_QUOTA", limits: { perDay: 3 } });
      expect(error).not.toHaveProperty("notClonable");
      expect(error.stack).toContain("fixtures/bodies.ts");
      expect(error.cause).toBeInstanceOf(RangeError);
      expect(error.cause).toMatchObject({ message: "deep" });
      const native = await errorOf(pool.run(callOf(bodies.fail, ["native"])));
      expect(native).toBeInstanceOf(TypeError);
      expect(Object.keys(native)).toEqual([]);
    });

    test("of Millrace are recognised", async () => {
      const error = await errorOf(open().run(callOf(bodies.fail, ["millrace"])));
      expect(isMillraceError(error, "NOT_FOUND")).toBe(true);
      expect(error).toBeInstanceOf(MillraceError);
      expect(error).toMatchObject({ fix: "Set it.", status: 404, data: { name: "x" }, cause: { message: "deep" } });
    });

    test("of other kinds", async () => {
      const pool = open();
      const both = await errorOf(pool.run(callOf(bodies.fail, ["aggregate"])));
      expect(both).toBeInstanceOf(AggregateError);
      expect(both).toMatchObject({ message: "both", errors: [{ message: "deep" }, { name: "SyntaxError" }] });
      const dom = await errorOf(pool.run(callOf(bodies.fail, ["dom"])));
      expect(dom).toMatchObject({ name: "AbortError", code: 20 });
      await expect(pool.run(callOf(bodies.fail, ["text"]))).rejects.toBe("just a text");
    });
  });

  describe("context", () => {
    test("shows the run", async () => {
      const lastError = new TypeError("the time before");
      const pool = open();
      const call = callOf(bodies.look, [], { flowRun, taskRun: { ...taskRun, attempt: 2, lastError }, tags: ["a"] });
      const expected = {
        flowRun,
        tags: ["a"],
        inner: ["a", "inner"],
        aborted: false,
        lastError: "TypeError: the time before",
      };
      expect(await pool.run(call)).toMatchObject({ ...expected, taskRun: { attempt: 2, idempotencyKey: taskRun.id } });
      expect(await pool.run(call)).toMatchObject(expected);
      expect(await pool.run(callOf(bodies.look))).toMatchObject({ flowRun: null, tags: [], lastError: "undefined" });
    });

    test("logs", async () => {
      const lines: [LogLevel, string, string | null][] = [];
      const log = (level: LogLevel, message: string, fields: string | null): void =>
        void lines.push([level, message, fields]);
      const pool = open();
      await pool.run(callOf(bodies.speak, [], { log, captureConsole: true }));
      expect(lines).toEqual([
        ["info", "hello", '{"big":"10","list":[1,2]}'],
        ["warn", "careful", null],
        ["info", "printed 7", null],
        ["error", "printed to stderr", null],
      ]);
      lines.length = 0;
      await pool.run(callOf(bodies.speak, [], { log }));
      expect(lines.map(([, message]) => message)).toEqual(["hello", "careful"]);
    });

    test("logs more than may wait without letting go: the rest is dropped and told of, and the next body has its own", {
      timeout: 60_000,
    }, async () => {
      const lines: string[] = [];
      const log = (level: LogLevel, message: string): void => void lines.push(`${level} ${message.slice(0, 30)}`);
      const pool = open({ limit: 1 });
      const chatter = async (count: number): Promise<unknown[]> => {
        lines.length = 0;
        await pool.run(callOf(bodies.chatter, [count], { log }));
        return [lines.filter((line) => line === "info x").length, lines.at(-1)];
      };
      expect(await chatter(maxWaitingLines + 7)).toEqual([maxWaitingLines, "warn 7 log lines were dropped: more"]);
      expect(await chatter(maxWaitingLines / 2)).toEqual([maxWaitingLines / 2, "info x"]);
    });

    test("logs that let go now and then all arrive", { timeout: 60_000 }, async () => {
      let lines = 0;
      const log = (_: LogLevel, message: string): void => void (lines += message.length);
      const api = { readVariable: async () => null } as unknown as Api;
      const host = { api, runtime, vault: () => Promise.reject(new Error("there is none")), ...noPlace };
      await open({ limit: 1 }).run(callOf(bodies.chatterCalmly, [60, 2 ** 20], { log, host }));
      expect(lines).toBe(60 * 2 ** 20);
    });

    test("tasks cannot be called by a body that nobody makes calls for", async () => {
      const error = await errorOf(open().run(callOf(bodies.callTask)));
      expect(error).toMatchObject({ code: "CONTEXT_MISSING" });
    });

    test("a future of what was refused cannot be given", async () => {
      const pool = open();
      expect(await errorOf(pool.run(callOf(bodies.giveFuture)))).toMatchObject({ code: "RUN_ENDED" });
      expect(await pool.run(callOf(bodies.add, [1, 2]))).toBe(3);
    });

    test("flows cannot be called by a body", async () => {
      const error = await errorOf(open().run(callOf(bodies.callFlow)));
      expect(error).toMatchObject({ code: "CONTEXT_MISSING" });
      expect(error.message).toContain(
        `\`child()\` was called outside a flow or task that runs in the flow's own process (this code runs in a ${runner})`,
      );
    });

    test("asks the flow's process for variables and secrets", async () => {
      const masked: string[] = [];
      const api = {
        readVariable: async (name: string) => {
          if (name === "bad") throw new MillraceError("VARIABLE_NAME_INVALID", { name, reason: "it is bad" });
          return { name, value: "1", tags: [], createdAt: 0, updatedAt: 0 };
        },
      } as unknown as Api;
      const vault = { open: async (name: string, sealed: string) => `${name}:${sealed}`, seal: async () => "" };
      const host = {
        api,
        runtime,
        vault: async () => vault,
        ...noPlace,
        mask: (value: string) => void masked.push(value),
      };
      const pool = open();
      expect(await pool.run(callOf(bodies.readVariable, ["limit"], { host }))).toMatchObject({
        name: "limit",
        value: "1",
      });
      expect(await errorOf(pool.run(callOf(bodies.readVariable, ["bad"], { host })))).toMatchObject({
        code: "VARIABLE_NAME_INVALID",
      });
      expect(await pool.run(callOf(bodies.openSecret, ["v1"], { host }))).toBe("token:v1");
      expect(masked).toEqual(["token:v1"]);
      const alone = await errorOf(pool.run(callOf(bodies.readVariable, ["limit"])));
      expect(alone).toMatchObject({ code: "CONTEXT_MISSING" });
      expect(alone.message).toContain("as an argument");
    });
  });

  describe("finding the task", () => {
    test("five modules with a task of one name", async () => {
      const pool = open({ limit: 2 });
      const modules = [one, two, three, four, five, one, three];
      const names = await Promise.all(modules.map(({ whoami }) => pool.run(callOf(whoami))));
      expect(names).toEqual(["one", "two", "three", "four", "five", "one", "three"]);
    });

    test("tasks of one name and text, and copies with other options", async () => {
      const pool = open();
      expect(await pool.run(callOf(bodies.twice, [5]))).toBe(10);
      expect(await pool.run(callOf(bodies.thrice, [5]))).toBe(15);
      expect(await pool.run(callOf(bodies.thrice.withOptions({ name: "other", retries: 3 }), [5]))).toBe(15);
    });

    test("a task that its module does not define", async () => {
      const pool = open();
      expect(await errorOf(pool.run(callOf(bodies.defineLate())))).toMatchObject({ code: "TASK_NOT_IMPORTABLE" });
      const { definition } = callOf(bodies.add);
      const nowhere = { ...definition, fn: () => 1, site: null };
      expect(await errorOf(pool.run(callOf(nowhere)))).toMatchObject({ code: "TASK_NOT_IMPORTABLE" });
    });

    test("a module that calls a flow without a guard", async () => {
      const error = await errorOf(open().run(callOf(definedIn("./unguarded.ts", "work"))));
      expect(error).toMatchObject({ code: "FLOW_CALLED_WHILE_IMPORTING", data: { flow: "pipeline", line: "line 7" } });
      expect(error.message).toContain("unguarded.ts (line 7)");
    });

    test("a module that cannot be imported", async () => {
      const pool = open();
      const error = await errorOf(pool.run(callOf(definedIn("./throws-on-import.ts", "work"))));
      expect(error).toMatchObject({
        code: "MODULE_NOT_IMPORTABLE",
        cause: { name: "RangeError", message: "no such setting" },
      });
      expect(await errorOf(pool.run(callOf(definedIn("./no-such-file.ts", "work"))))).toMatchObject({
        code: "MODULE_NOT_IMPORTABLE",
      });
      const ended = await errorOf(pool.run(callOf(definedIn("./exits-on-import.ts", "work"))));
      expect(ended).toMatchObject({ code: "BODY_CRASHED", data: { code: 7 } });
      expect(await pool.run(callOf(bodies.add, [1, 2]))).toBe(3);
    });

    test("code that has changed on disk is run, with a warning", async () => {
      const lines: string[] = [];
      const definition = definedIn("./module-five.ts", "whoami");
      // The second function of that name in this process; the module's own is the first.
      expect(await errorOf(open().run(callOf(definition)))).toMatchObject({ code: "TASK_NOT_IMPORTABLE" });
      const changed = { ...definedIn("./bodies.ts?changed", "pid"), codeHash: "1" };
      const value = await open().run(callOf(changed, [], { log: (_, message) => void lines.push(message) }));
      expect(value).toBeTypeOf("number");
      expect(lines).toEqual([expect.stringContaining("has changed on disk")]);
    });
  });

  describe("cancellation", () => {
    const reason = new MillraceError("TIMED_OUT", { kind: "Task", name: "polite-wait", timeout: "1 s" });

    test("a body that heeds its signal", async () => {
      const pool = open();
      const left = await errorOf(pool.run(abortedCall(bodies.politeWait, reason)));
      expect(left).toMatchObject({ name: "AbortError", code: "ABORT_ERR", cause: { code: "TIMED_OUT" } });
      await expect(pool.run(abortedCall(bodies.throwReason, reason))).rejects.toBe(reason);
    });

    test("a body that finishes all the same", async () => {
      expect(await open().run(abortedCall(bodies.finishAnyway, reason, 10_000))).toBe("done all the same");
    });

    test("a body that blocks is ended after the grace, and its worker replaced", async () => {
      const pool = open();
      await pool.run(callOf(bodies.keepNumbers, [1]));
      const running = pool.run(abortedCall(bodies.spin, reason, 100));
      const next = pool.run(callOf(bodies.keepNumbers, [1]));
      const startedAt = performance.now();
      await expect(running).rejects.toBe(reason);
      expect(performance.now() - startedAt).toBeLessThan(3_000);
      expect(await next).toMatchObject({ before: undefined });
    });

    test("a call that waits, or comes too late", async () => {
      const pool = open();
      const abort = new AbortController();
      const first = pool.run(callOf(bodies.echo, ["first"]));
      const waiting = pool.run(callOf(bodies.echo, ["never"], { signal: abort.signal }));
      const last = pool.run(callOf(bodies.echo, ["last"]));
      const reason = new Error("not any more");
      abort.abort(reason);
      await expect(waiting).rejects.toBe(reason);
      await expect(pool.run(callOf(bodies.echo, ["never"], { signal: abort.signal }))).rejects.toBe(reason);
      expect(await Promise.all([first, last])).toEqual(["first", "last"]);
    });
  });

  describe("crashes", () => {
    test("take only their own call with them", async () => {
      const pool = open({ limit: 2 });
      const [ended, ...values] = await Promise.all([
        errorOf(pool.run(callOf(bodies.crash, ["exit"]))),
        ...Array.from({ length: 20 }, (_, index) => pool.run(callOf(bodies.add, [index, 1]))),
      ]);
      expect(ended).toMatchObject({ code: "BODY_CRASHED", data: { code: 9, task: "crash" } });
      expect(ended.message).toContain("it exited with code 9. Its last output:\nlast words");
      expect(values).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    });

    test("of errors nobody caught have them as their cause", async () => {
      const pool = open();
      const uncaught = await errorOf(pool.run(callOf(bodies.crash, ["uncaught"])));
      expect(uncaught).toMatchObject({ code: "BODY_CRASHED", cause: { name: "QuotaError", code: "E_QUOTA" } });
      const rejection = await errorOf(pool.run(callOf(bodies.crash, ["rejection"])));
      expect(rejection).toMatchObject({ code: "BODY_CRASHED", cause: { message: "nobody waits" } });
      expect(rejection.message).toContain("QuotaError: nobody waits");
    });

    test("of too much memory", async () => {
      const error = await errorOf(open({ limit: 1, maxHeapMb: 48 }).run(callOf(bodies.crash, ["memory"])));
      expect(error).toMatchObject({ code: "BODY_CRASHED" });
      expect(error.message).toMatch(/memory/);
    });

    test("every worker crashes: each call is told, and the pool goes on", async () => {
      const pool = open({ limit: 2 });
      const errors = await Promise.all(
        Array.from({ length: 5 }, () => errorOf(pool.run(callOf(bodies.crash, ["exit"])))),
      );
      expect(errors.map(({ code }) => code)).toEqual(Array(5).fill("BODY_CRASHED"));
      expect(await pool.run(callOf(bodies.add, [1, 1]))).toBe(2);
    });
  });

  describe("life", () => {
    test("a thousand calls over two workers", async () => {
      const pool = open({ limit: 2 });
      const values = await Promise.all(
        Array.from({ length: 1_000 }, (_, index) => pool.run(callOf(bodies.add, [index, 1]))),
      );
      expect(values).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
    });

    test("at most the limit at once", async () => {
      const pool = open({ limit: 2 });
      const spans = (await Promise.all([1, 2, 3, 4, 5, 6].map(() => pool.run(callOf(bodies.span, [30]))))) as {
        from: number;
        to: number;
      }[];
      const running = spans.map(({ from }) => spans.filter((other) => other.from <= from && from < other.to).length);
      expect(Math.max(...running)).toBeLessThanOrEqual(2);
    });

    test("first come, first served", async () => {
      const pool = open();
      const order: number[] = [];
      const run = async (value: number): Promise<void> => {
        await pool.run(callOf(bodies.echo, [value]));
        order.push(value);
      };
      await Promise.all([1, 2, 3, 4, 5, 6].map(run));
      expect(order).toEqual([1, 2, 3, 4, 5, 6]);
    });

    test("a worker ends after its number of calls, or when it is idle for long", async () => {
      const worn = open({ limit: 1, maxTasksPerWorker: 2 });
      const marks = [];
      for (let call = 0; call < 4; call++) marks.push(await worn.run(callOf(bodies.keepNumbers, [1])));
      expect(marks.map((mark) => (mark as { before?: number }).before)).toEqual([undefined, 1, undefined, 1]);
      const idle = open({ limit: 1, idleMs: 100 });
      await idle.run(callOf(bodies.keepNumbers, [1]));
      await sleep(300);
      expect(await idle.run(callOf(bodies.keepNumbers, [1]))).toMatchObject({ before: undefined });
    });

    test("a limit that means nothing is refused", () => {
      for (const limit of [0, 1.5, Number.NaN]) expect(() => open({ limit })).toThrow(/`limit` is not valid/);
    });

    test("the queue is bounded", async () => {
      const pool = open({ limit: 1, maxQueuedCalls: 3 });
      const calls = Array.from({ length: 5 }, () => pool.run(callOf(bodies.add, [1, 2])));
      const outcomes = await Promise.allSettled(calls);
      expect(outcomes.map(({ status }) => status)).toEqual([
        "fulfilled",
        "fulfilled",
        "fulfilled",
        "rejected",
        "rejected",
      ]);
      expect(outcomes[4]).toMatchObject({ reason: { code: "USAGE" } });
    });

    test("closing waits for what runs and waits, and refuses more", async () => {
      const pool = open();
      const calls = [1, 2, 3].map((value) => pool.run(callOf(bodies.echo, [value])));
      const closed = pool.close();
      expect(await errorOf(pool.run(callOf(bodies.add, [1, 2])))).toMatchObject({ code: "USAGE" });
      await Promise.all([closed, pool.close()]);
      expect(await Promise.all(calls)).toEqual([1, 2, 3]);
      await open().close();
    });

    test("closing can give up what runs", async () => {
      const pool = open();
      const started = Promise.withResolvers<void>();
      const calls = [1, 2].map(() => errorOf(pool.run(callOf(bodies.spin, [], { log: () => started.resolve() }))));
      await started.promise;
      await pool.close({ abandon: true });
      expect((await Promise.all(calls)).map(({ code }) => code)).toEqual(["CANCELLED", "CANCELLED"]);
    });

    test("a program that leaves its pool open ends by itself", async () => {
      const program = fileURLToPath(new URL("./fixtures/program.ts", import.meta.url));
      const { stdout } = await promisify(execFile)(process.execPath, [program, kind], { timeout: 10_000 });
      expect(stdout).toBe("2 4 6 8\n");
    });
  });
}

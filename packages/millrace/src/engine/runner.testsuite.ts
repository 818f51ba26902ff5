/** What tasks promise wherever their bodies run. Each runner's test runs it. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TaskRunner } from "../contract/definitions.ts";
import { inputs } from "../sdk/cache-policy.ts";
import { flow } from "../sdk/flow.ts";
import { secret } from "../sdk/secrets.ts";
import { transaction } from "../sdk/transactions.ts";
import { variable } from "../sdk/variables.ts";
import { unmapped } from "../sdk/annotations.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";
import type { TestLedger } from "../testing/test-ledger.ts";
import { withTask } from "../testing/stand-ins.ts";
import * as tasks from "./runner-tasks.testsuite.ts";

export function testRunner(runner: TaskRunner): void {
  const folder = mkdtempSync(join(tmpdir(), "millrace-runner-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let journals = 0;
  const newJournal = (): string => join(folder, `journal-${++journals}`);
  const linesOf = (journal: string): readonly string[] =>
    existsSync(journal) ? readFileSync(journal, "utf8").trimEnd().split("\n") : [];
  const isNoted = async (journal: string): Promise<void> => {
    while (linesOf(journal).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  const double = tasks.double.withOptions({ runner });
  const flaky = tasks.flaky.withOptions({ runner });

  describe(`bodies by ${runner.kind}`, () => {
    // One for most tests, so that its threads or processes are made once.
    let ledger: TestLedger;
    beforeAll(async () => {
      ledger = await createTestLedger();
    });
    afterAll(async () => ledger.close());

    test("give their values, of every kind that is kept", async () => {
      const journal = newJournal();
      const rich = tasks.rich.withOptions({ runner });
      const { value, run } = await ledger.run(
        flow(async () => [await double(journal, 4), await rich(), await tasks.count.withOptions({ runner }).submit(3)]),
      );
      expect(value).toEqual([
        8,
        {
          date: new Date(5),
          map: new Map([[1, new Set(["a"])]]),
          big: 3n,
          bytes: new Float32Array([1, 2]),
          none: undefined,
        },
        [1, 2, 3],
      ]);
      expect((await ledger.taskRuns(run)).map(({ state }) => state.name)).toEqual([
        "Completed",
        "Completed",
        "Completed",
      ]);
    });

    test("of a map run, each once", async () => {
      const journal = newJournal();
      const { value } = await ledger.run(flow(async () => Promise.all(double.map(unmapped(journal), [1, 2, 3, 4, 5]))));
      expect(value).toEqual([2, 4, 6, 8, 10]);
      expect(linesOf(journal).toSorted()).toEqual(["double 1", "double 2", "double 3", "double 4", "double 5"]);
    });

    test("of what a flow submits run there too, when the flow says so", async () => {
      const journal = newJournal();
      const { value } = await ledger.run(
        flow({ name: "pooled", taskRunner: runner }, async () => tasks.double.submit(journal, 21)),
      );
      expect(value).toBe(42);
      expect(linesOf(journal)).toEqual(["double 21"]);
    });

    test("throw their errors, with kind, properties and cause", async () => {
      const { run, error } = await ledger.run(flow(async () => tasks.broken.withOptions({ runner })()));
      expect(error).toMatchObject({ name: "QuotaError", message: "7 left", left: 7, cause: { message: "why" } });
      expect((await ledger.taskRuns(run))[0]).toMatchObject({
        state: { name: "Failed" },
        error: { name: "QuotaError" },
      });
    });

    test("are tried again, and see their attempt, the error before, and one key", async () => {
      const journal = newJournal();
      const before = ledger.clock.now();
      const { value, run } = await ledger.run(flow(async () => flaky(journal)));
      expect(value).toBe("2 left");
      const [record] = await ledger.taskRuns(run, "flaky");
      expect(linesOf(journal)).toEqual([1, 2, 3].map((attempt) => `attempt ${attempt} ${record?.id}`));
      expect(ledger.clock.now() - before).toBeGreaterThanOrEqual(20 * 60_000);
    });

    test("log, and have their console captured", async () => {
      const { run } = await ledger.run(flow(async () => tasks.speak.withOptions({ runner })()));
      const [record] = await ledger.taskRuns(run);
      expect((await ledger.logs(run)).map(({ level, message, taskRunId }) => [level, message, taskRunId])).toEqual([
        ["debug", "from the logger", record?.id],
        ["warn", "from the console", record?.id],
      ]);
    });

    test("see their context", async () => {
      const looking = flow({ name: "looking", tags: ["flow"] }, async (_parameters: { n: number }) =>
        tasks.look.withOptions({ runner })(),
      );
      expect((await ledger.run(looking, { n: 1 })).value).toEqual({
        flow: "looking",
        parameters: { n: 1 },
        task: "look",
        tags: ["flow", "own"],
      });
    });

    test("that completed do not run again when their run is resumed", async () => {
      await using mortal = await createTestLedger();
      const journal = newJournal();
      let isFirst = true;
      const { run } = await mortal.run(
        flow({ name: "resumed" }, async () => {
          const values = await Promise.all(double.map(unmapped(journal), [1, 2]));
          if (isFirst) {
            isFirst = false;
            await mortal.crash();
          }
          return [...values, await double(journal, 3)];
        }),
      );
      expect((await mortal.resume(run)).value).toEqual([2, 4, 6]);
      expect(linesOf(journal).toSorted()).toEqual(["double 1", "double 2", "double 3"]);
    });

    test("call other tasks, with their retries, fallbacks and maps", async () => {
      const journal = newJournal();
      const { value } = await ledger.run(flow(async () => tasks.caller.withOptions({ runner })(journal)));
      expect(value).toEqual(["at last", "instead", [2, 4]]);
      expect(linesOf(journal).filter((line) => line === "failing once")).toHaveLength(2);
    });

    test("are kept in a cache, fall back, and are committed with the transaction around them", async () => {
      const journal = newJournal();
      const ends: string[] = [];
      const kept = tasks.double.withOptions({ runner, cache: inputs() });
      const rescued = tasks.broken.withOptions({ runner, fallback: { value: undefined as never } });
      const written = tasks.double.withOptions({
        runner,
        onCommit: ({ result }) => void ends.push(`commit ${result}`),
        onRollback: ({ result }) => void ends.push(`rollback ${result}`),
      });
      const { value } = await ledger.run(
        flow(async () => [
          await kept(journal, 1),
          await kept(journal, 1),
          await rescued(),
          await transaction(async () => written(journal, 5)),
          await transaction(async () => {
            await written(journal, 6);
            throw new Error("undo");
          }).catch((error: Error) => error.message),
        ]),
      );
      expect(value).toEqual([2, 2, undefined, 10, "undo"]);
      expect(linesOf(journal)).toEqual(["double 1", "double 5", "double 6"]);
      expect(ends).toEqual(["commit 10", "rollback 12"]);
    });

    test("that need the flow's own process, as transactions do, are told so where they have another", async () => {
      const { value, error } = await ledger.run(flow(async () => tasks.committing.withOptions({ runner })()));
      const refusal = expect.objectContaining({
        code: "CONTEXT_MISSING",
        data: expect.objectContaining({ api: "transaction()" }),
      });
      expect([value, error]).toEqual(runner.kind === "concurrent" ? [8, null] : [undefined, refusal]);
    });

    test("hear of a cancellation by their signal", async () => {
      await using inTime = await createTestLedger({ clock: "real" });
      const journal = newJournal();
      const { id, ended } = await inTime.start(flow(async () => tasks.polite.withOptions({ runner })(journal)));
      await isNoted(journal);
      await inTime.cancel(id);
      expect((await ended).run.state.name).toBe("Cancelled");
      while (linesOf(journal).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(linesOf(journal)).toEqual(["polite begins", "polite heard CANCELLED"]);
    });

    test("that ignore a cancellation hold nobody up", async () => {
      await using inTime = await createTestLedger({ clock: "real" });
      const journal = newJournal();
      const { id, ended } = await inTime.start(flow(async () => tasks.stubborn.withOptions({ runner })(journal)));
      await isNoted(journal);
      await inTime.cancel(id);
      expect((await ended).run.state.name).toBe("Cancelled");
    });

    test("time out", async () => {
      await using inTime = await createTestLedger({ clock: "real" });
      const journal = newJournal();
      const { run, error } = await inTime.run(
        flow(async () => tasks.stubborn.withOptions({ runner, timeout: "700ms" })(journal)),
      );
      expect(error).toMatchObject({ code: "TIMED_OUT" });
      expect((await inTime.taskRuns(run))[0]?.state.name).toBe("TimedOut");
    });

    test("reach secrets, variables and artifacts, and secrets are hidden in all that is recorded", async () => {
      await secret.set("token", "open-sesame");
      const { run } = await ledger.run(flow({ name: "leaky" }, async () => tasks.leak.withOptions({ runner })()));
      const [artifact] = await ledger.artifacts(run);
      expect(artifact).toMatchObject({ key: "leak", data: '"token ********"' });
      expect(await variable.get("seen")).toBe(11);
      const texts = JSON.stringify([await ledger.read(run), await ledger.taskRuns(run), await ledger.logs(run)]);
      expect(texts).toContain("refused ********");
      expect(texts).not.toContain("open-sesame");
    });

    test("give way to a stand-in, which runs in this process", async () => {
      const journal = newJournal();
      const seen: number[] = [];
      const { value } = await withTask(
        tasks.double,
        async (_journal, n) => {
          seen.push(n);
          return 100;
        },
        () => ledger.run(flow(async () => double(journal, 5))),
      );
      expect([value, seen, linesOf(journal)]).toEqual([100, [5], []]);
    });
  });
}

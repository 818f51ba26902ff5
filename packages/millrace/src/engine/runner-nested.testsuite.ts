/** What tasks promise that are called from tasks, wherever these run. Each runner's test runs it. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TaskRunner } from "../contract/definitions.ts";
import type { TaskRun } from "../contract/task-run.ts";
import { flow } from "../sdk/flow.ts";
import { secret } from "../sdk/secrets.ts";
import { transaction } from "../sdk/transactions.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";
import { withTask } from "../testing/stand-ins.ts";
import type { TestLedger } from "../testing/test-ledger.ts";
import * as tasks from "./runner-nested-tasks.testsuite.ts";

export function testNestedCalls(runner: TaskRunner): void {
  const isPooled = runner.kind !== "concurrent";
  const folder = mkdtempSync(join(tmpdir(), "millrace-nested-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let journals = 0;
  const newJournal = (): string => join(folder, `journal-${++journals}`);
  const linesOf = (journal: string): readonly string[] =>
    existsSync(journal) ? readFileSync(journal, "utf8").trimEnd().split("\n") : [];
  const areNoted = async (journal: string, lines: number): Promise<void> => {
    while (linesOf(journal).length < lines) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  /** Runs with those that they have called in them, by the names. Those that called none have the number of their inputs. */
  const treeOf = (runs: readonly TaskRun[], parentId: string | null = null): readonly unknown[] =>
    runs
      .filter((run) => run.parentId === parentId)
      .map((run) => {
        const called = treeOf(runs, run.id);
        return { [`${run.taskName} ${run.state.name}`]: called.length === 0 ? run.inputs.length : called };
      })
      // Those that are called together come in any order.
      .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

  describe(`tasks called from tasks by ${runner.kind}`, () => {
    // One for most tests, so that its threads or processes are made once.
    let ledger: TestLedger;
    beforeAll(async () => {
      ledger = await createTestLedger();
    });
    afterAll(async () => ledger.close());

    test("are recorded as runs of their own, called each way there is, with what they were given by others", async () => {
      const everyWay = tasks.everyWay.withOptions({ runner });
      const { value, run } = await ledger.run(flow({ name: "ways" }, async () => everyWay(newJournal())));
      expect(value).toEqual({
        sum: 3,
        mapped: [101, 102, 113],
        whole: [
          [3, "error"],
          [3, "second"],
        ],
        streamed: [1, 2, 3],
        states: ["Completed", "Failed", "COMPLETED"],
        hasId: true,
        isSame: true,
        again: [1, { n: 1 }],
      });
      const runs = await ledger.taskRuns(run);
      expect(treeOf(runs)).toEqual([
        {
          "every-way Completed": [
            { "add Completed": 0 },
            { "add Completed": 0 },
            { "add Completed": 0 },
            { "add Completed": 0 },
            { "add Completed": 1 },
            { "count Completed": 0 },
            { "length Completed": 1 },
            { "length Completed": 1 },
            { "length Completed": 2 },
            { "one Completed": 0 },
            { "one Completed": 0 },
            { "refused Failed": 0 },
          ],
        },
      ]);
    });

    test("have the identity that they have anywhere", async () => {
      const keysBy = async (kind: TaskRunner): Promise<readonly string[]> => {
        const everyWay = tasks.everyWay.withOptions({ runner: kind });
        const handsOn = tasks.handsOn.withOptions({ runner: kind });
        const { run } = await ledger.run(
          flow({ name: "keys" }, async () => {
            await everyWay("/dev/null");
            await tasks.save("/dev/null", "handed on", (await handsOn("/dev/null", false)).user);
          }),
        );
        return (await ledger.taskRuns(run)).map(({ key }) => key).toSorted();
      };
      expect(await keysBy(runner)).toEqual(await keysBy({ kind: "concurrent" }));
    });

    test("take and give the caller's own values, also what no clone has", async () => {
      const { value } = await ledger.run(flow(async () => tasks.own.withOptions({ runner })()));
      expect(value).toEqual([true, 15]);
    });

    test("are tried again after their delays, where their own code says so", async () => {
      const withOptions = tasks.withOptionsOfTheirs.withOptions({ runner });
      const before = ledger.clock.now();
      const { value, run } = await ledger.run(flow(async () => withOptions("retries")));
      expect(value).toEqual([3, "failure 2", [1, 2]]);
      expect(ledger.clock.now() - before).toBeGreaterThanOrEqual(30 * 60_000);
      const [record] = await ledger.taskRuns(run, "flaky");
      expect(record).toMatchObject({ attempt: 3, name: "flaky 2" });
      const { run: failedRun, error } = await ledger.run(flow(async () => withOptions("retryIf")));
      expect(error).toMatchObject({ name: "OverloadError", message: "at once" });
      expect((await ledger.taskRuns(failedRun, "hopeless"))[0]).toMatchObject({ attempt: 1 });
    });

    test("fall back, fail by what they return, and time out", async () => {
      const withOptions = tasks.withOptionsOfTheirs.withOptions({ runner });
      const { value, run } = await ledger.run(flow(async () => withOptions("fallback")));
      expect(value).toEqual(["instead of 7", "8: true"]);
      expect(treeOf(await ledger.taskRuns(run))).toEqual([
        {
          "with-options Completed": [
            { "explained Completed": 0 },
            { "rescued Completed": [{ "instead Completed": 0 }] },
          ],
        },
      ]);
      const { error } = await ledger.run(flow(async () => withOptions("state")));
      expect(error).toMatchObject({ code: "TASK_RUN_FAILED" });
      await using inTime = await createTestLedger({ clock: "real" });
      const timedOut = await inTime.run(flow(async () => withOptions("timeout")));
      expect(timedOut.error).toMatchObject({ code: "TIMED_OUT", data: { name: "slow", timeout: "300ms" } });
      expect((await inTime.taskRuns(timedOut.run, "slow"))[0]?.state.name).toBe("TimedOut");
    });

    test("are cached, keyed, told of by their hooks, and hold slots", async () => {
      const journal = newJournal();
      const { value, run } = await ledger.run(flow(async () => tasks.cached.withOptions({ runner })(journal)));
      expect(value).toEqual([9, 9, [1, 2], 1]);
      expect(linesOf(journal).toSorted()).toEqual(["costly 3", "keyed 1", "keyed 2"]);
      const runs = await ledger.taskRuns(run);
      expect(runs.filter(({ taskName }) => taskName === "costly").map(({ state }) => state.name)).toEqual([
        "Completed",
        "Cached",
      ]);
      expect(runs.filter(({ taskName }) => taskName === "keyed").map(({ key }) => key)).toEqual([
        "keyed@number 1~0",
        "keyed@number 2~0",
        "keyed@another~0",
      ]);
      const lines = (await ledger.logs(run)).map(({ message }) => message);
      expect(lines).toEqual(["running costly", "completed costly"]);
    });

    test("keep what they did when their caller is tried again", async () => {
      const journal = newJournal();
      const { value, run } = await ledger.run(flow(async () => tasks.again.withOptions({ runner })(journal)));
      expect(value).toEqual([1, 2]);
      expect(linesOf(journal).toSorted()).toEqual(["one 1", "one 2"]);
      expect(await ledger.taskRuns(run, "one")).toHaveLength(2);
    });

    test("are taken from the record when their run is resumed, with the times and numbers that were asked for", async () => {
      await using mortal = await createTestLedger({ clock: "real" });
      const journal = newJournal();
      const stops = tasks.stops.withOptions({ runner, key: "only" });
      let isFirst = true;
      const { id, ended } = await mortal.start(flow({ name: "mortal" }, async () => stops(journal, isFirst)));
      await areNoted(journal, 2);
      isFirst = false;
      await mortal.crash();
      await ended.catch(() => undefined);
      const { value, run } = await mortal.resume(id);
      expect(value).toEqual([1, 2]);
      const lines = linesOf(journal);
      expect(lines).toEqual(["one 1", lines[1], lines[1], "one 2"]);
      expect((await mortal.taskRuns(run)).map(({ taskName, kind }) => `${kind} ${taskName}`)).toEqual([
        "task stops",
        "value now",
        "value random",
        "sleep sleep",
        "task one",
        "task one",
      ]);
    });

    test("count as what they were, within what others have given, when their run is resumed", async () => {
      await using mortal = await createTestLedger({ clock: "real" });
      const journal = newJournal();
      const handsOn = tasks.handsOn.withOptions({ runner, key: "only" });
      let isFirst = true;
      const { id, ended } = await mortal.start(
        flow({ name: "mortal" }, async () => tasks.save(journal, "at last", (await handsOn(journal, isFirst)).user)),
      );
      await areNoted(journal, 9);
      isFirst = false;
      await mortal.crash();
      await ended.catch(() => undefined);
      await mortal.resume(id);
      const saved = ["user", "of a map", "of the same", "error", "shared", "at last"].map((what) => `save ${what}`);
      const calls = ["load 1", "load 1", "load 2", ...saved];
      expect(linesOf(journal).toSorted()).toEqual([...calls, "half", "half"].toSorted());
    });

    test("hear of a cancellation by their own signal", async () => {
      await using inTime = await createTestLedger({ clock: "real" });
      const journal = newJournal();
      const { id, ended } = await inTime.start(flow(async () => tasks.holding.withOptions({ runner })(journal)));
      await areNoted(journal, 1);
      await inTime.cancel(id);
      const { run } = await ended;
      await areNoted(journal, 2);
      expect(linesOf(journal)).toEqual(["waiting", "heard CANCELLED"]);
      expect((await inTime.taskRuns(run)).map(({ state }) => state.name)).toEqual(["Cancelled", "Cancelled"]);
    });

    test("are given up by who has submitted them", async () => {
      const journal = newJournal();
      const { value, run } = await ledger.run(flow(async () => tasks.cancels.withOptions({ runner })(journal)));
      expect(value).toEqual(["Cancelled", "CANCELLED"]);
      expect((await ledger.taskRuns(run, "waiting"))[0]?.state.name).toBe("Cancelled");
    });

    test("need no place of their own, however deep they go", async () => {
      const descend = tasks.descend.withOptions({ runner: isPooled ? { ...runner, limit: 1 } : runner });
      const { value, run } = await ledger.run(flow(async () => Promise.all([descend(6), descend(5)])));
      expect(value).toEqual([6, 5]);
      expect(await ledger.taskRuns(run, "deep")).toHaveLength(13);
    });

    test("log, see their context and hide secrets in their own name", async () => {
      await secret.set("nested-token", "open-sesame-street");
      const { value, run } = await ledger.run(
        flow({ name: "loud" }, async () => tasks.speaker.withOptions({ runner })()),
      );
      const [caller, called] = await ledger.taskRuns(run);
      expect(value).toEqual({
        flow: "loud",
        task: "speak",
        parent: caller?.id,
        tags: ["loud", "talk"],
        self: caller?.id,
      });
      expect((await ledger.logs(run)).map(({ message, taskRunId }) => [message, taskRunId])).toEqual([
        ["from the caller", caller?.id],
        ["it is ********", called?.id],
        ["printed", called?.id],
      ]);
    });

    test("are refused what cannot cross to where they are recorded, unless it is opaque", async () => {
      const { value } = await ledger.run(flow(async () => tasks.uncrossable.withOptions({ runner })()));
      const kind = runner.kind === "threads" ? "thread" : "process";
      const message = `An argument of task \`call\` cannot cross to or from its ${kind}: \`callback\` is a function.`;
      expect(value).toEqual([isPooled ? ["BODY_VALUE_UNCLONABLE", message] : 1, 2]);
    });

    test("that were submitted go on when their caller has ended", async () => {
      const journal = newJournal();
      const { value, run } = await ledger.run(flow(async () => tasks.leaving.withOptions({ runner })(journal)));
      expect(value).toBe("gone");
      expect(linesOf(journal)).toEqual(["late"]);
      expect((await ledger.taskRuns(run, "late"))[0]?.state.name).toBe("Completed");
    });

    test.runIf(isPooled)("fail with their thread or process, and are not tried again without it", async () => {
      const { run, error } = await ledger.run(flow(async () => tasks.dies.withOptions({ runner })()));
      expect(error).toMatchObject({ code: "BODY_CRASHED" });
      const ends = (await ledger.taskRuns(run)).map(({ taskName, state, attempt }) => [taskName, state.name, attempt]);
      expect(ends).toEqual([
        ["dies", "Failed", 1],
        ["dying", "Failed", 1],
      ]);
    });

    test("have a part in the transaction around their caller", async () => {
      const journal = newJournal();
      const writes = tasks.writes.withOptions({ runner });
      const { run } = await ledger.run(
        flow(async () =>
          transaction(async () => {
            await writes(journal);
            throw new Error("undo");
          }).catch(() => undefined),
        ),
      );
      expect(linesOf(journal)).toEqual(["rolled back"]);
      expect((await ledger.taskRuns(run, "written"))[0]?.state.name).toBe("RolledBack");
    });

    test("give way to a stand-in", async () => {
      const outer = tasks.outer.withOptions({ runner });
      const { value } = await withTask(
        tasks.inner,
        async (n) => n + 41,
        () => ledger.run(flow(async () => outer())),
      );
      expect(value).toBe(42);
    });

    test("are recorded outside any flow too", async () => {
      expect(await tasks.descend.withOptions({ runner })(2)).toBe(2);
    });
  });
}

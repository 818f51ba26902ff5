/** What is recorded when the database does not answer, says no, or answers too late. */

import { once } from "node:events";
import { describe, expect, test } from "vitest";
import type { Api } from "../contract/api.ts";
import { MillraceError } from "../contract/errors.ts";
import type { RecordBatch } from "../contract/record.ts";
import type { StoreBatch } from "../contract/store.ts";
import { createVirtualClock } from "../kit/virtual-clock.ts";
import { logger } from "../sdk/context.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { aLogLine, anEvent } from "../store/suite/samples.testsuite.ts";
import { definitionOf } from "../testing/subjects.ts";
import { withFaults } from "./faulty-store.testsuite.ts";
import { Journal } from "./journal.ts";
import { openProcesses } from "./processes.testsuite.ts";

const busy = (): Error => new MillraceError("LEDGER_BUSY", { location: "here", waited: "a while" });
const unreachable = (): Error => new MillraceError("DATABASE_UNREACHABLE", { location: "here", reason: "timeout" });
const full = (): Error => new MillraceError("LEDGER_FULL", { location: "here" });

const double = task({ name: "double" }, async (n: number) => n * 2);
const subject = flow({ name: "subject" }, async () => {
  logger().info("begins");
  const values = await Promise.all(double.map([1, 2, 3]));
  return double(values.length);
});

describe("a database that does not answer for a while", () => {
  test("is asked again, and the run goes on as if nothing had been", async () => {
    await using processes = await openProcesses();
    let refusals = 0;
    const only = await processes.open((store) =>
      withFaults(store, (_, count) => (count % 2 === 1 ? (refusals++, { when: "before", fault: busy }) : null)),
    );
    expect(await subject()).toBe(6);
    expect(refusals).toBeGreaterThan(2);
    const [run] = (await only.api.listFlowRuns({})).items;
    expect(run?.state.name).toBe("Completed");
    expect(await only.api.readRecords(run?.id ?? "")).toHaveLength(4);
  });

  test("and had written what it did not confirm: nothing is there twice", async () => {
    await using processes = await openProcesses();
    const only = await processes.open((store) =>
      withFaults(store, (_, count) => (count % 2 === 1 ? { when: "after", fault: unreachable } : null)),
    );
    expect(await subject()).toBe(6);
    const [run] = (await only.api.listFlowRuns({})).items;
    expect(run?.history.map(({ name }) => name)).toEqual(["Pending", "Running", "Completed"]);
    const records = await only.api.readRecords(run?.id ?? "");
    expect(records.map(({ history }) => history.map(({ name }) => name))).toEqual(
      Array.from({ length: 4 }, () => ["Pending", "Running", "Completed"]),
    );
    const events = (await only.api.listEvents({ names: ["millrace.task-run.Completed"] })).items;
    expect(events).toHaveLength(4);
    // A log line has no identity: it is not lost, and may be there twice.
    expect(new Set((await only.api.listLogs({})).items.map(({ message }) => message))).toEqual(new Set(["begins"]));
  });

  test("is given up after half a minute, and the flow's caller is told why", async () => {
    await using processes = await openProcesses();
    let isDown = false;
    await processes.open((store) => withFaults(store, () => (isDown ? { when: "before", fault: unreachable } : null)));
    const failing = flow({ name: "failing" }, async () => {
      await double(1);
      isDown = true;
      return double(2);
    });
    const before = processes.clock.now();
    await expect(failing()).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE" });
    expect(processes.clock.now() - before).toBeGreaterThanOrEqual(30_000);
  });
});

describe("a run that begins", () => {
  test("is in the ledger before its function is called", async () => {
    await using processes = await openProcesses();
    const { api } = await processes.open();
    let found: string | undefined;
    await flow({ name: "looking" }, async () => {
      // Without a wait of the flow's own: what is not there yet would not be found.
      const listed = api.listFlowRuns({});
      found = (await listed).items[0]?.state.name;
    })();
    expect(found).toBe("Running");
  });

  test("is executed although who waited for it to be created failed", async () => {
    await using processes = await openProcesses();
    const { api, engine } = await processes.open();
    const warned = once(process, "warning");
    const value = await engine.startFlow({
      definition: definitionOf(subject),
      parameters: {},
      onCreated: () => {
        throw new Error("a closed pipe");
      },
    });
    expect(value).toBe(6);
    expect((await api.listFlowRuns({})).items.map(({ state }) => state.name)).toEqual(["Completed"]);
    expect(await warned).toMatchObject([{ message: expect.stringContaining("a closed pipe") }]);
  });

  test("calls no function when it cannot be recorded", async () => {
    await using processes = await openProcesses();
    const only = await processes.open((store) => withFaults(store, () => ({ when: "before", fault: full })));
    let hasBegun = false;
    const failing = flow({ name: "failing" }, async () => {
      hasBegun = true;
    });
    await expect(failing()).rejects.toMatchObject({ code: "LEDGER_FULL" });
    expect(hasBegun).toBe(false);
    expect((await only.api.listFlowRuns({})).items).toEqual([]);
  });

  describe("and that a database which died has lost", () => {
    test.each(["with", "without"] as const)("is created again, %s a request that failed", async (how) => {
      await using processes = await openProcesses();
      const batches: StoreBatch[] = [];
      const only = await processes.open((store) =>
        withFaults(store, (batch, count) => {
          batches.push(batch);
          return how === "with" && count === 2 ? { when: "before", fault: unreachable } : null;
        }),
      );
      const run = await flow({ name: "lost" }, async () => {
        const [begun] = (await only.api.listFlowRuns({})).items;
        await processes.store.deleteFlowRun(begun?.id ?? "");
        logger().info("said once");
        await double(1);
        return begun;
      })();
      expect(batches[0]?.created).toMatchObject([{ id: run?.id, mayBeLost: true }]);
      expect((await only.api.readFlowRun(run?.id ?? ""))?.state.name).toBe("Completed");
      expect(await only.api.readRecords(run?.id ?? "")).toHaveLength(1);
      expect((await only.api.listLogs({})).items.map(({ message }) => message)).toEqual(["said once"]);
      // Once something is written of it, it is safe.
      expect(batches.slice(1).flatMap(({ created }) => created)).toHaveLength(1);
    });

    test("is created again though only its end is recorded, and others' records are not there twice", async () => {
      await using processes = await openProcesses();
      const only = await processes.open();
      const other = flow({ name: "other" }, async () => logger().info("said once"));
      const lost = flow({ name: "lost" }, async () => {
        const { items } = await only.api.listFlowRuns({ flowNames: ["lost"] });
        await processes.store.deleteFlowRun(items[0]?.id ?? "");
        return "ended";
      });
      expect(await Promise.all([lost(), other()])).toEqual(["ended", undefined]);
      const { items } = await only.api.listFlowRuns({});
      expect(new Set(items.map(({ flowName, state }) => `${flowName} ${state.name}`))).toEqual(
        new Set(["lost Completed", "other Completed"]),
      );
      expect((await only.api.listLogs({})).items).toHaveLength(1);
    });

    test("is not taken back from another process that has it", async () => {
      await using processes = await openProcesses();
      const only = await processes.open();
      const taken = flow({ name: "taken" }, async () => {
        const [begun] = (await only.api.listFlowRuns({})).items;
        const id = begun?.id ?? "";
        await only.api.proposeFlowRunState({ id, state: { type: "CRASHED", name: "Crashed" }, force: "a test" });
        await only.api.claimFlowRun({ id, processId: "another", mode: "retry" });
        await double(1);
      });
      await expect(taken()).rejects.toMatchObject({ code: "LEASE_LOST" });
    });
  });

  test("with others, is recorded with them in one go", async () => {
    await using processes = await openProcesses();
    const batches: StoreBatch[] = [];
    await processes.open((store) =>
      withFaults(store, (batch) => {
        batches.push(batch);
        return null;
      }),
    );
    const one = flow({ name: "one" }, async () => double(1));
    await Promise.all(Array.from({ length: 50 }, () => one()));
    const creating = batches.filter(({ created }) => created.length > 0);
    expect(creating.flatMap(({ created }) => created)).toHaveLength(50);
    expect(creating.length).toBeLessThan(5);
  });

  test("with others, is not asked for by itself where the database does not answer", async () => {
    await using processes = await openProcesses();
    let asked = 0;
    await processes.open((store) =>
      withFaults(store, () => {
        asked++;
        return { when: "before", fault: unreachable };
      }),
    );
    const one = flow({ name: "one" }, async () => double(1));
    const ends = await Promise.allSettled(Array.from({ length: 50 }, () => one()));
    expect(ends.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => "rejected"));
    // Each is asked some twenty times within half a minute.
    expect(asked).toBeLessThan(100);
  });
});

describe("a disk that is full", () => {
  test("is not asked again, and what was recorded stays", async () => {
    await using processes = await openProcesses();
    let isFull = false;
    const only = await processes.open((store) =>
      withFaults(store, () => (isFull ? { when: "before", fault: full } : null)),
    );
    const failing = flow({ name: "failing" }, async () => {
      await double(1);
      isFull = true;
      return double(2);
    });
    const before = processes.clock.now();
    await expect(failing()).rejects.toMatchObject({ code: "LEDGER_FULL" });
    expect(processes.clock.now() - before).toBeLessThan(1000);
    isFull = false;
    const [run] = (await only.api.listFlowRuns({})).items;
    expect((await only.api.readRecords(run?.id ?? "")).map(({ state }) => state.name)).toEqual(["Completed"]);
  });

  test("does not turn a task that was done into one that failed and is tried again", async () => {
    await using processes = await openProcesses();
    let isFull = false;
    let ran = 0;
    await processes.open((store) => withFaults(store, () => (isFull ? { when: "before", fault: full } : null)));
    const once = task({ name: "once", retries: 3 }, async () => {
      isFull = true;
      return ++ran;
    });
    await expect(flow({ name: "filling" }, async () => once())()).rejects.toMatchObject({ code: "LEDGER_FULL" });
    expect(ran).toBe(1);
  });
});

describe("group commit", () => {
  const batchesOf = async (body: () => Promise<unknown>): Promise<readonly StoreBatch[]> => {
    const batches: StoreBatch[] = [];
    await using processes = await openProcesses();
    await processes.open((store) => withFaults(store, (batch) => (batches.push(batch), null)));
    await flow({ name: "grouped" }, body)();
    return batches;
  };

  test("writes what comes together at once: a start and an end are one row", async () => {
    const batches = await batchesOf(async () => Promise.all(double.map(Array.from({ length: 100 }, (_, n) => n))));
    expect(batches.length).toBeLessThanOrEqual(4);
    const rows = batches.flatMap(({ taskRuns }) => taskRuns);
    expect(rows).toHaveLength(100);
    expect(rows.every(({ newStates }) => newStates === 3)).toBe(true);
  });

  test("writes each of what follows one another before the next begins", async () => {
    const order: string[] = [];
    const step = task({ name: "step" }, async (n: number) => order.push(`body ${n}`));
    await using processes = await openProcesses();
    await processes.open((store) =>
      withFaults(store, ({ taskRuns }) => {
        order.push(...taskRuns.map(({ state }) => state.name));
        return null;
      }),
    );
    await flow({ name: "sequence" }, async () => {
      await step(1);
      await step(2);
    })();
    expect(order).toEqual(["body 1", "Completed", "body 2", "Completed"]);
  });

  test("bounds a batch", async () => {
    const batches = await batchesOf(async () => Promise.all(double.map(Array.from({ length: 2500 }, (_, n) => n))));
    expect(Math.max(...batches.map(({ taskRuns }) => taskRuns.length))).toBeLessThanOrEqual(1000);
    expect(batches.reduce((sum, { taskRuns }) => sum + taskRuns.length, 0)).toBe(2500);
  });

  test("records a durable start before the body runs", async () => {
    const order: string[] = [];
    const durable = task({ name: "durable", durableStart: true }, async () => order.push("body"));
    await using processes = await openProcesses();
    await processes.open((store) =>
      withFaults(store, ({ taskRuns }) => {
        order.push(...taskRuns.map(({ state }) => state.name));
        return null;
      }),
    );
    await flow({ name: "careful" }, async () => durable())();
    expect(order).toEqual(["Running", "body", "Completed"]);
  });

  test("records a start that lasts, before the end", async () => {
    const batches = await batchesOf(async () =>
      task({ name: "lasting" }, async () => new Promise<void>((resolve) => setTimeout(resolve, 120)))(),
    );
    const states = batches.flatMap(({ taskRuns }) => taskRuns.map(({ state }) => state.name));
    expect(states).toEqual(["Running", "Completed"]);
  });
});

describe("log lines, where each write is a request", () => {
  function openJournal() {
    const clock = createVirtualClock();
    const lines: number[] = [];
    const api = {
      async record({ logs = [] }: RecordBatch) {
        lines.push(logs.length);
        return { created: [], proposals: [], stale: [] };
      },
    } as unknown as Api;
    const owners = { epochOf: () => undefined, refused: () => undefined };
    const journal = new Journal({ api, clock, processId: "p", owners, logDelayMs: 200 });
    const log = (count: number): void => {
      for (let index = 0; index < count; index++) journal.log(aLogLine(null, "a line"));
    };
    return { clock, journal, lines, log };
  }

  test("wait a moment for each other", async () => {
    const { clock, lines, log } = openJournal();
    for (let round = 0; round < 100; round++) {
      log(1);
      await clock.advance(10);
    }
    await clock.advance(200);
    expect(lines.reduce((sum, count) => sum + count, 0)).toBe(100);
    expect(lines.length).toBeLessThanOrEqual(6);
  });

  test("go with whatever else is recorded, and are written when somebody waits for them", async () => {
    const { clock, journal, lines, log } = openJournal();
    log(3);
    void journal.event(anEvent());
    await clock.advance(0);
    expect(lines).toEqual([3]);
    log(2);
    const flushed = journal.flush();
    await clock.advance(0);
    await flushed;
    expect(lines).toEqual([3, 2]);
  });

  test("are written at once when there are as many as a write takes", async () => {
    const { clock, lines, log } = openJournal();
    log(5001);
    await clock.advance(0);
    expect(lines[0]).toBe(5000);
  });
});

test("log lines that nobody can record are told of by a warning of the process", async () => {
  await using processes = await openProcesses();
  await processes.open((store) =>
    withFaults(store, ({ logs }) => (logs.length > 0 ? { when: "before", fault: full } : null)),
  );
  const warned = new Promise<NodeJS.ErrnoException>((resolve) => {
    process.on("warning", (warning) => {
      if ((warning as NodeJS.ErrnoException).code === "LOGS_LOST") resolve(warning);
    });
  });
  const talking = flow({ name: "talking" }, async () => {
    await double(1);
    logger().info("lost");
    await new Promise<void>((resolve) => void setImmediate(resolve));
    return "done";
  });
  expect(await talking()).toBe("done");
  expect((await warned).message).toMatch(/^1 log lines could not be recorded: The disk of the ledger/);
});

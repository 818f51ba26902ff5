import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { openCommandHost } from "../app/command-host.ts";
import { flow, task, transaction } from "../exports/index.ts";

const host = await openCommandHost();
afterAll(() => host[Symbol.asyncDispose]());

const told: string[] = [];
beforeEach(() => {
  told.length = 0;
});

/** A task that tells what its transaction does with it. */
function effect(name: string) {
  return task(
    {
      name,
      onCommit: ({ result }) => void told.push(`commit ${String(result)}`),
      onRollback: ({ result }) => void told.push(`undo ${String(result)}`),
    },
    async () => name,
  );
}

const [first, second] = [effect("first"), effect("second")];

const breaking = async (): Promise<never> => {
  throw new Error("broken");
};

describe("a transaction", () => {
  test("gives its body's value, and commits, oldest first", async () => {
    const loading = flow({ name: "loading" }, () => transaction(async () => `${await first()} and ${await second()}`));
    await expect(loading()).resolves.toBe("first and second");
    expect(told).toEqual(["commit first", "commit second"]);
  });

  test("is undone when its body throws, newest first, and the error goes on", async () => {
    const loading = flow({ name: "loading" }, () =>
      transaction(async (tx) => {
        await first();
        tx.onRollback(() => void told.push("undo by hand"));
        await second();
        return breaking();
      }),
    );
    await expect(loading()).rejects.toThrow("broken");
    expect(told).toEqual(["undo second", "undo by hand", "undo first"]);
  });

  test("is undone when one of its commit hooks throws", async () => {
    const loading = flow({ name: "loading" }, () =>
      transaction(async (tx) => {
        await first();
        tx.onCommit(breaking);
      }),
    );
    await expect(loading()).rejects.toThrow("broken");
    expect(told).toEqual(["commit first", "undo first"]);
  });

  test("undoes all, whatever one of the hooks throws", async () => {
    const loading = flow({ name: "loading" }, () =>
      transaction(async (tx) => {
        await first();
        tx.onRollback(() => {
          throw new Error("cannot be undone");
        });
        return breaking();
      }),
    );
    await expect(loading()).rejects.toThrow("broken");
    expect(told).toEqual(["undo first"]);
  });
});

describe("a nested transaction", () => {
  test("commits with the one around it, and is undone with it", async () => {
    const nested = (outcome: () => Promise<unknown>) =>
      flow({ name: "nested" }, () =>
        transaction(async (outer) => {
          outer.set("day", "2026-11-22");
          await transaction(async (inner) => {
            await first();
            told.push(`inner ends on ${String(inner.get("day"))}`);
          });
          await second();
          told.push("outer ends");
          return outcome();
        }),
      );
    await nested(async () => undefined)();
    expect(told.splice(0)).toEqual(["inner ends on 2026-11-22", "outer ends", "commit first", "commit second"]);
    await expect(nested(breaking)()).rejects.toThrow("broken");
    expect(told).toEqual(["inner ends on 2026-11-22", "outer ends", "undo second", "undo first"]);
  });

  test("commits at its own end when it is eager", async () => {
    const eager = flow({ name: "eager" }, () =>
      transaction(async () => {
        await transaction({ commit: "eager" }, () => first());
        return breaking();
      }),
    );
    await expect(eager()).rejects.toThrow("broken");
    expect(told).toEqual(["commit first"]);
  });
});

describe("a key", () => {
  test("is committed once, in any run, and what was set then is told", async () => {
    const load = flow({ name: "keyed" }, ({ total }: { total: number }) =>
      transaction({ key: "load-2026-11-22", isolation: "serializable" }, async (tx) => {
        if (tx.committed) return `was ${String(tx.get("total"))}`;
        await first();
        tx.set("total", total);
        return `is ${total}`;
      }),
    );
    await expect(load({ total: 1 })).resolves.toBe("is 1");
    await expect(load({ total: 2 })).resolves.toBe("was 1");
    expect(told).toEqual(["commit first"]);
  });

  test("is not committed by a transaction that is undone", async () => {
    const committed: boolean[] = [];
    const load = flow({ name: "keyed" }, () =>
      transaction({ key: "load-2026-11-23" }, async (tx) => {
        committed.push(tx.committed);
        if (committed.length === 1) await breaking();
      }),
    );
    await expect(load()).rejects.toThrow("broken");
    await load();
    await load();
    expect(committed).toEqual([false, false, true]);
  });
});

test("a transaction is part of a run, and needs a body", async () => {
  await expect(transaction(() => 1)).rejects.toMatchObject({ code: "CONTEXT_MISSING" });
  // @ts-expect-error options alone do nothing
  await expect(transaction({ key: "load" })).rejects.toThrow(TypeError);
});

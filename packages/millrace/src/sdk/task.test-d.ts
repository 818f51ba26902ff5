import { describe, expectTypeOf, test } from "vitest";
import {
  allowFailure,
  asCompleted,
  completed,
  exponential,
  failed,
  inputs,
  opaque,
  type Task,
  type TaskFuture,
  task,
  threads,
  unmapped,
  waitAll,
} from "../exports/index.ts";

interface Row {
  readonly id: number;
  readonly name: string;
}

const readRows = task({ name: "read-rows" }, async (file: string): Promise<Row[]> => [{ id: 1, name: file }]);
const count = task((rows: readonly Row[]) => rows.length);
const train = task({ name: "train" }, async (rows: readonly Row[], seed: number, label?: string) => ({
  score: rows.length + seed,
  label,
}));

describe("a call", () => {
  test("takes the function's arguments and gives a promise of its result", () => {
    expectTypeOf(readRows).toEqualTypeOf<Task<[file: string], Promise<Row[]>>>();
    expectTypeOf(readRows("rows.csv")).toEqualTypeOf<Promise<Row[]>>();
    expectTypeOf(count([])).toEqualTypeOf<Promise<number>>();
    expectTypeOf(train([], 1)).toEqualTypeOf<Promise<{ score: number; label: string | undefined }>>();
    // @ts-expect-error an argument is missing
    void train([]);
    // @ts-expect-error its type is wrong
    void readRows(3);
    // @ts-expect-error there is one too many
    void readRows("rows.csv", 3);
  });

  test("gives the value of a state that is returned", () => {
    const check = task(async (score: number) =>
      score > 0.9 ? completed({ value: score }) : failed({ message: "low" }),
    );
    expectTypeOf(check(1)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(check.submit(1)).toEqualTypeOf<TaskFuture<number>>();
    task({ fallback: { value: 0 } }, async () => completed({ value: 3 as number }));
  });

  test("takes futures in place of values", () => {
    const rows = readRows.submit("rows.csv");
    expectTypeOf(count(rows)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(train(allowFailure(rows), opaque(1))).toEqualTypeOf<
      Promise<{ score: number; label: string | undefined }>
    >();
    // @ts-expect-error a future of something else
    void readRows(rows);
    // @ts-expect-error what only looks like an annotation
    void readRows({ value: "rows.csv" });
  });

  test("takes futures inside objects and arrays", () => {
    const one = task(async (): Promise<Row> => ({ id: 1, name: "one" }));
    const nameOf = task(async (id: number) => `row ${id}`);
    const total = task(async (table: { rows: Row[]; factors: { each: number } }) => table.rows.length);
    const factor = count.submit([]);
    const call = total({ rows: [one.submit(), { id: 2, name: nameOf.submit(2) }], factors: { each: factor } });
    expectTypeOf(call).toEqualTypeOf<Promise<number>>();
    // @ts-expect-error a future of a number, where a name is wanted
    void total({ rows: [{ id: 2, name: factor }], factors: { each: 1 } });
  });

  test("does not take a structure apart that is a value of its own", () => {
    const at = task((when: Date, bytes: Uint8Array, index: ReadonlyMap<string, number>) => [when, bytes, index]);
    const when = task(() => new Date(0));
    expectTypeOf(at(when.submit(), new Uint8Array(), new Map())).toExtend<Promise<unknown>>();
    // @ts-expect-error a Date has no parts that could be futures
    void at({ getTime: count.submit([]) }, new Uint8Array(), new Map());
  });

  test("of a generator streams its values", () => {
    const lines = task(async function* (file: string) {
      yield file;
      yield 2;
    });
    expectTypeOf(lines("a")).toEqualTypeOf<AsyncGenerator<string | 2>>();
    expectTypeOf(lines.submit("a")).toEqualTypeOf<TaskFuture<(string | 2)[]>>();
    const numbers = task(function* () {
      yield 1 as number;
    });
    expectTypeOf(numbers()).toEqualTypeOf<AsyncGenerator<number>>();
  });
});

describe("submit()", () => {
  test("gives a future of the value", async () => {
    const future = readRows.submit("rows.csv");
    expectTypeOf(future).toEqualTypeOf<TaskFuture<Row[]>>();
    expectTypeOf(await future).toEqualTypeOf<Row[]>();
    expectTypeOf(future.result({ timeoutMs: 10 })).toEqualTypeOf<Promise<Row[]>>();
    expectTypeOf(future.state.type).toExtend<string>();
    // @ts-expect-error its type is wrong
    readRows.submit(3);
  });

  test("futures are waited for together", async () => {
    const futures = [readRows.submit("a"), readRows.submit("b")];
    expectTypeOf(await Promise.all(futures)).toEqualTypeOf<Row[][]>();
    const { done, notDone } = await waitAll(futures, { timeout: "1s" });
    expectTypeOf(done).toEqualTypeOf<readonly TaskFuture<Row[]>[]>();
    expectTypeOf(notDone).toEqualTypeOf<readonly TaskFuture<Row[]>[]>();
    for await (const { future, index } of asCompleted(futures)) {
      expectTypeOf(future).toEqualTypeOf<TaskFuture<Row[]>>();
      expectTypeOf(index).toEqualTypeOf<number>();
    }
  });
});

describe("map()", () => {
  test("takes a list for each argument, and gives a list of futures", () => {
    expectTypeOf(readRows.map(["a", "b"])).toEqualTypeOf<readonly TaskFuture<Row[]>[]>();
    expectTypeOf(readRows.map(new Set(["a", "b"]))).toEqualTypeOf<readonly TaskFuture<Row[]>[]>();
    // @ts-expect-error the items have the wrong type
    readRows.map([1, 2]);
  });

  test("passes values that are no lists whole, and lists by unmapped()", () => {
    const rows: readonly Row[] = [];
    expectTypeOf(train.map(unmapped(rows), [1, 2, 3])).toExtend<readonly TaskFuture<{ score: number }>[]>();
    expectTypeOf(train.map([rows, rows], 1)).toExtend<readonly TaskFuture<{ score: number }>[]>();
    // @ts-expect-error a list of rows is mapped over: its items are no lists of rows
    void train.map(rows, [1, 2, 3]);
  });

  test("takes futures as items, and a future of a list", () => {
    const files = task(async () => ["a", "b"]);
    expectTypeOf(readRows.map(files.submit())).toEqualTypeOf<readonly TaskFuture<Row[]>[]>();
    expectTypeOf(count.map(readRows.map(["a", "b"]))).toEqualTypeOf<readonly TaskFuture<number>[]>();
    expectTypeOf(train.map(unmapped(readRows.submit("a")), [1, 2])).toExtend<readonly TaskFuture[]>();
    const allowed = readRows.map(["a"]).map((future) => allowFailure(future));
    expectTypeOf(count.map(allowed)).toEqualTypeOf<readonly TaskFuture<number>[]>();
    // @ts-expect-error a future of a number
    void readRows.map(count.submit([]));
  });
});

describe("options", () => {
  test("know the function's arguments", () => {
    task(
      {
        runName: (rows, seed) => {
          expectTypeOf(rows).toEqualTypeOf<readonly Row[]>();
          expectTypeOf(seed).toEqualTypeOf<number>();
          return `seed ${seed}`;
        },
        key: (rows, seed) => `${rows.length}-${seed}`,
        concurrency: { key: (rows) => `${rows.length}`, limit: 2 },
      },
      (rows: readonly Row[], seed: number) => rows.length * seed,
    );
  });

  test("functions may take fewer arguments than the task", () => {
    const body = async (rows: readonly Row[], seed: number): Promise<number> => rows.length * seed;
    const trained = task({ runName: (rows) => `${rows.length} rows`, key: (rows) => `${rows.length}` }, body);
    expectTypeOf(trained).toEqualTypeOf<Task<[rows: readonly Row[], seed: number], Promise<number>>>();
    task({ concurrency: [{ key: (rows) => `${rows.length}` }], fallback: (_error, rows) => rows.length }, body);
    // @ts-expect-error rows are no number
    task({ key: (rows: number) => `${rows}` }, body);
  });

  test("of retries: durations, lists, functions", () => {
    const body = async (): Promise<number> => 1;
    expectTypeOf(task({ retries: 3, retryDelay: "10s" }, body)).toEqualTypeOf<Task<[], Promise<number>>>();
    task({ retries: 3, retryDelay: ["1s", 500, "1m30s"] }, body);
    task({ retries: 3, retryDelay: exponential({ initial: "1s", max: "1m" }), retryJitter: 0.5 }, body);
    task({ retryIf: (error, attempt) => attempt < 3 && error instanceof Error }, body);
    // @ts-expect-error a duration has a unit
    task({ retryDelay: "10" }, body);
    // @ts-expect-error a number, not a text
    task({ retries: "3" }, body);
  });

  test("a fallback gives what the task gives", () => {
    const body = async (file: string): Promise<Row[]> => [{ id: 1, name: file }];
    expectTypeOf(task({ fallback: { value: [] } }, body)).toEqualTypeOf<typeof readRows>();
    task({ fallback: (error, file) => [{ id: 0, name: `${file}: ${String(error)}` }] }, body);
    task({ fallback: async () => [] }, body);
    task({ fallback: readRows }, body);
    // @ts-expect-error the value is no list of rows
    task({ fallback: { value: 3 } }, body);
    // @ts-expect-error the function gives something else
    task({ fallback: () => "none" }, body);
    // @ts-expect-error the task gives something else
    task({ fallback: count }, body);
    // @ts-expect-error a value is given as { value }
    task({ fallback: [] }, body);
  });

  test("hooks of transactions know the result", () => {
    task(
      {
        onRollback: (transaction) => {
          expectTypeOf(transaction.result).toEqualTypeOf<string | undefined>();
          expectTypeOf(transaction.get("file")).toEqualTypeOf<unknown>();
        },
      },
      async () => "rows.json",
    );
  });

  test("are those of tasks, of their types", () => {
    // @ts-expect-error a misspelt option
    task({ retires: 3 }, async () => 1);
    // @ts-expect-error only these two
    task({ isolation: "snapshot" }, async () => 1);
    const cached = task({ cache: inputs(), runner: threads({ limit: 2 }), expiresIn: "1h" }, async () => 1);
    expectTypeOf(cached()).toEqualTypeOf<Promise<number>>();
    task(
      { cache: ({ args, inputs: named }) => `${String(args[0])}${Object.keys(named).join()}` },
      async (id: number) => id,
    );
  });

  test("may be changed afterwards", () => {
    expectTypeOf(readRows.withOptions({ retries: 3, fallback: { value: [] } })).toEqualTypeOf<typeof readRows>();
    // @ts-expect-error the value is no list of rows
    readRows.withOptions({ fallback: { value: 3 } });
  });
});

test("the bare function is there for a unit test", () => {
  expectTypeOf(readRows.fn).toEqualTypeOf<(file: string) => Promise<Row[]>>();
  expectTypeOf(count.fn).toEqualTypeOf<(rows: readonly Row[]) => number>();
  expectTypeOf(readRows.taskName).toEqualTypeOf<string>();
});

test("generic tasks keep their type parameter out of the way", () => {
  const first = task((items: readonly unknown[]) => items[0]);
  expectTypeOf(first([1])).toEqualTypeOf<Promise<unknown>>();
});

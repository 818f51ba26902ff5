/** Tasks that call tasks, for the tests of runners: threads and processes import this module to find them. */

import { appendFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { allowFailure, opaque, unmapped } from "../sdk/annotations.ts";
import { inputs } from "../sdk/cache-policy.ts";
import { context, logger, withTags } from "../sdk/context.ts";
import { now, random, sleep } from "../sdk/durable.ts";
import { failed } from "../sdk/returned-states.ts";
import { secret } from "../sdk/secrets.ts";
import { task } from "../sdk/task.ts";

/** Bodies in threads and processes share no memory with the test: they note in a file that they ran. */
function note(journal: string, line: string): void {
  appendFileSync(journal, `${line}\n`);
}

class OverloadError extends Error {
  override readonly name = "OverloadError";
}

/** With a method, which no clone has. */
class Model {
  readonly weight: number;

  constructor(weight: number) {
    this.weight = weight;
  }

  predict(x: number): number {
    return this.weight * x;
  }
}

const add = task({ name: "add" }, async (left: number, right: number) => left + right);
const one = task({ name: "one" }, async (journal: string, n: number) => {
  note(journal, `one ${n}`);
  return { n };
});
const count = task({ name: "count" }, async function* count(to: number) {
  for (let n = 1; n <= to; n++) yield n;
});
const refused = task({ name: "refused" }, async () => failed({ message: "not today" }));
const length = task({ name: "length" }, async (values: readonly unknown[], first: unknown) => [
  values.length,
  first instanceof Error ? "error" : first,
]);

/** Each way there is to call a task. */
export const everyWay = task({ name: "every-way" }, async (journal: string) => {
  const sum = await add(1, 2);
  const future = add.submit(sum, 10);
  const mapped = add.map([1, 2, future], 100);
  const broken = refused.submit();
  const whole = length.map(unmapped([future, 2, 3]), [allowFailure(broken), "second"]);
  const streamed: number[] = [];
  for await (const value of count(3)) streamed.push(value);
  const made = await one(journal, 1);
  return {
    sum,
    mapped: await Promise.all(mapped),
    whole: await Promise.all(whole),
    streamed,
    states: [(await future.wait()).name, (await broken.wait()).name, (await mapped[0]?.wait())?.type],
    hasId: future.taskRunId !== null,
    isSame: (await one(journal, 2)) !== made,
    again: await length([made], made),
  };
});

export const own = task({ name: "own-values" }, async () => {
  const fit = task({ name: "fit" }, async (weight: number) => ({ kept: new Model(weight) }));
  const apply = task({ name: "apply" }, async ({ kept }: { kept: Model }, x: number) => kept.predict(x));
  const { kept } = await fit(3);
  return [kept instanceof Model, await apply({ kept }, 5)];
});

let failures = 0;
/** The attempts whose delay was asked for. */
const delaysOf: number[] = [];
const flaky = task(
  {
    name: "flaky",
    retries: 3,
    retryDelay: (attempt) => {
      delaysOf.push(attempt);
      return `${attempt * 10}m`;
    },
    retryIf: (error) => error instanceof OverloadError,
    runName: (times) => `flaky ${times}`,
  },
  async (times: number) => {
    if (failures++ < times) throw new OverloadError(`failure ${failures}`);
    const { attempt, lastError } = context().taskRun ?? {};
    return [attempt, lastError instanceof Error ? lastError.message : null, delaysOf];
  },
);
const hopeless = task({ name: "hopeless", retries: 3, retryIf: () => false }, async () => {
  throw new OverloadError("at once");
});
const instead = task({ name: "instead" }, async (n: number) => `instead of ${n}`);
const rescued = task({ name: "rescued", fallback: instead }, async (n: number): Promise<string> => {
  throw new OverloadError(String(n));
});
const explained = task(
  { name: "explained", fallback: (error, n) => `${n}: ${error instanceof OverloadError}` },
  async (n: number): Promise<string> => {
    throw new OverloadError(String(n));
  },
);
const slow = task({ name: "slow", timeout: "300ms" }, async () => {
  const { signal } = context();
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  throw signal.reason;
});

export const withOptionsOfTheirs = task({ name: "with-options" }, async (what: string) => {
  failures = 0;
  delaysOf.length = 0;
  switch (what) {
    case "retries":
      return flaky(2);
    case "retryIf":
      return hopeless();
    case "fallback":
      return [await rescued(7), await explained(8)];
    case "state":
      return refused();
    default:
      return slow();
  }
});

const costly = task(
  {
    name: "costly",
    cache: inputs().without("journal"),
    concurrency: { key: (_journal, n) => `costly ${n}`, limit: 2 },
    onCompletion: ({ run }) => logger().info(`completed ${run.name}`),
    onRunning: [({ run }) => logger().info(`running ${run.name}`)],
  },
  async (journal: string, n: number) => {
    note(journal, `costly ${n}`);
    return n * n;
  },
);
const keyed = task(
  { name: "keyed", key: (_journal, n) => `number ${n}`, cache: ({ args, task: name }) => `${name} ${String(args[1])}` },
  async (journal: string, n: number) => {
    note(journal, `keyed ${n}`);
    return n;
  },
);

export const cached = task({ name: "cached" }, async (journal: string) => [
  await costly(journal, 3),
  await costly(journal, 3),
  await Promise.all(keyed.map(unmapped(journal), [1, 2])),
  await keyed.withOptions({ key: "another" })(journal, 1),
]);

/** Fails after its calls the first time, and is tried again. */
export const again = task({ name: "again", retries: 1 }, async (journal: string) => {
  const values = await Promise.all(one.map(unmapped(journal), [1, 2]));
  if (context().taskRun?.attempt === 1) throw new OverloadError("after them");
  return values.map(({ n }) => n);
});

/** Waits for ever between its calls the first time: the journal says how often it got there. */
export const stops = task({ name: "stops" }, async (journal: string, isFirst: boolean) => {
  const begun = await now();
  const chance = await random();
  await sleep(1);
  const first = await one(journal, 1);
  note(journal, `half ${begun.getTime()} ${chance}`);
  if (isFirst) await new Promise<never>((_, reject) => context().signal.addEventListener("abort", reject));
  return [first.n, (await one(journal, 2)).n];
});

interface User {
  readonly id: number;
}
const load = task({ name: "load" }, async (journal: string, id: number): Promise<User> => {
  note(journal, `load ${id}`);
  return { id };
});
const enrich = task({ name: "enrich" }, async (user: User) => ({ user, byId: new Map([[user.id, [user]]]), score: 3 }));
const same = task({ name: "same" }, async (value: { readonly user: User }) => value);
const reject = task({ name: "reject" }, async (n: number): Promise<number> => {
  throw Object.assign(new OverloadError(`no ${n}`), { n });
});
export const save = task({ name: "save" }, async (journal: string, what: string, user: unknown) => {
  note(journal, `save ${what}`);
  return user;
});

/** Hands on what some of its calls give within what others give, in an error and in its own result; stops there the first time. */
export const handsOn = task({ name: "hands-on" }, async (journal: string, isFirst: boolean) => {
  const enriched = await enrich(await load(journal, 1));
  await save(journal, "user", enriched.user);
  await save(journal, "of a map", enriched.byId.get(1)?.[0]);
  await save(journal, "of the same", (await same(enriched)).user);
  await save(journal, "error", await reject(1).catch((error: unknown) => error));
  const [, second] = await Promise.all([load(journal, 1), load(journal, 2)]);
  const future = enrich.submit(second);
  const shared = { future };
  await save(journal, "shared", [shared, { shared }]);
  note(journal, "half");
  if (isFirst) await new Promise<never>((_, fail) => context().signal.addEventListener("abort", fail));
  return { user: enriched.user };
});

const waiting = task({ name: "waiting" }, async (journal: string) => {
  const { signal } = context();
  note(journal, "waiting");
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  note(journal, `heard ${String((signal.reason as { code?: unknown }).code)}`);
  throw signal.reason;
});
export const holding = task({ name: "holding" }, async (journal: string) => waiting(journal));

const deep = task(
  { name: "deep" },
  async (level: number): Promise<number> => (level === 0 ? 0 : 1 + (await deep(level - 1))),
);
export const descend = task({ name: "descend" }, async (levels: number) => deep(levels));

const speak = task({ name: "speak", captureConsole: true, tags: ["talk"] }, async () => {
  const token = await secret.get("nested-token");
  logger().info(`it is ${token}`);
  // oxlint-disable-next-line no-console -- it is captured
  console.warn("printed");
  const { flowRun, taskRun, tags } = context();
  return { flow: flowRun?.flowName, task: taskRun?.taskName, parent: taskRun?.parentId, tags: tags.toSorted() };
});
export const speaker = task({ name: "speaker" }, async () => {
  logger().info("from the caller");
  const told = await withTags(["loud"], async () => speak());
  return { ...told, self: context().taskRun?.id };
});

export const uncrossable = task({ name: "uncrossable" }, async () => {
  const call = task({ name: "call" }, async (callback: () => number) => callback());
  const given = task({ name: "given" }, async (callback: { read(): number }) => callback.read());
  const crossed = await call(() => 1).catch((error: Error & { code?: unknown }) => [error.code, error.message]);
  return [crossed, await given(opaque({ read: () => 2 }))];
});

const late = task({ name: "late" }, async (journal: string) => {
  await wait(20);
  note(journal, "late");
});
export const leaving = task({ name: "leaving" }, async (journal: string) => {
  late.submit(journal);
  return "gone";
});

const dying = task({ name: "dying", retries: 5, retryDelay: "1h" }, async () => {
  process.exit(3);
});
export const dies = task({ name: "dies" }, async () => Promise.all([dying(), wait(60_000)]));

export const written = task(
  { name: "written", onRollback: ({ result }) => note(String(result), "rolled back") },
  async (journal: string) => journal,
);
export const writes = task({ name: "writes" }, async (journal: string) => written(journal));

export const inner = task({ name: "inner" }, async (n: number) => n);
export const outer = task({ name: "outer" }, async () => inner(1));

export const cancels = task({ name: "cancels" }, async (journal: string) => {
  const future = waiting.submit(journal);
  await wait(5);
  future.cancel("no more");
  return [(await future.wait()).name, await future.result().catch((error: { code?: unknown }) => error.code)];
});

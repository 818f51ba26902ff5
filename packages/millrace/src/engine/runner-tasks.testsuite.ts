/** Tasks for the tests of runners: threads and processes import this module to find them. */

import { appendFileSync } from "node:fs";
import { artifact } from "../sdk/artifacts.ts";
import { context, logger } from "../sdk/context.ts";
import { secret } from "../sdk/secrets.ts";
import { task } from "../sdk/task.ts";
import { transaction } from "../sdk/transactions.ts";
import { variable } from "../sdk/variables.ts";

/** Bodies in threads and processes share no memory with the test: they note in a file that they ran. */
function note(journal: string, line: string): void {
  appendFileSync(journal, `${line}\n`);
}

export class QuotaError extends Error {
  override readonly name = "QuotaError";
  readonly left: number;

  constructor(left: number) {
    super(`${left} left`, { cause: new RangeError("why") });
    this.left = left;
  }
}

export const double = task({ name: "double" }, async (journal: string, n: number) => {
  note(journal, `double ${n}`);
  return n * 2;
});

export const rich = task({ name: "rich" }, async () => ({
  date: new Date(5),
  map: new Map([[1, new Set(["a"])]]),
  big: 3n,
  bytes: new Float32Array([1, 2]),
  none: undefined,
}));

export const flaky = task({ name: "flaky", retries: 2, retryDelay: "10m" }, async (journal: string) => {
  const { taskRun } = context();
  note(journal, `attempt ${String(taskRun?.attempt)} ${taskRun?.idempotencyKey}`);
  if ((taskRun?.attempt ?? 0) < 3) throw new QuotaError(taskRun?.attempt ?? 0);
  return taskRun?.lastError instanceof Error ? taskRun.lastError.message : "no error";
});

export const broken = task({ name: "broken" }, async () => {
  throw new QuotaError(7);
});

export const speak = task({ name: "speak", captureConsole: true, logLevel: "debug" }, async () => {
  logger().debug("from the logger", { n: 1 });
  // oxlint-disable-next-line no-console -- it is captured
  console.warn("from the console");
});

export const look = task({ name: "look", tags: ["own"] }, async () => {
  const { flowRun, taskRun, tags } = context();
  return { flow: flowRun?.flowName, parameters: flowRun?.parameters, task: taskRun?.taskName, tags };
});

export const stubborn = task({ name: "stubborn" }, async (journal: string) => {
  note(journal, "stubborn begins");
  return new Promise<never>(() => setInterval(() => undefined, 1000));
});

export const polite = task({ name: "polite" }, async (journal: string) => {
  const { signal } = context();
  note(journal, "polite begins");
  const keepAlive = setInterval(() => undefined, 1000);
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  clearInterval(keepAlive);
  note(journal, `polite heard ${String((signal.reason as { code?: unknown }).code)}`);
});

export const leak = task({ name: "leak" }, async () => {
  const token = await secret.get("token");
  logger().info(`the token is ${token}`);
  await artifact.markdown(`token ${token}`, { key: "leak" });
  await variable.set("seen", token.length);
  throw new Error(`refused ${token}`);
});

export const count = task({ name: "count" }, async function* count(to: number) {
  for (let n = 1; n <= to; n++) yield n;
});

let fails = 1;
const failingOnce = task({ name: "failing-once", retries: 1 }, async (journal: string) => {
  note(journal, "failing once");
  if (fails-- > 0) throw new QuotaError(1);
  return "at last";
});
const rescued = task({ name: "rescued", fallback: { value: "instead" } }, async (): Promise<string> => {
  throw new QuotaError(2);
});

/** Calls tasks in its body, as their authors have written them. */
export const caller = task({ name: "caller" }, async (journal: string) => {
  fails = 1;
  const futures = double.map([journal, journal], [1, 2]);
  return [await failingOnce(journal), await rescued(), await Promise.all(futures)];
});

export const committing = task({ name: "committing" }, async () => transaction(async () => double("/dev/null", 4)));

/** The flows of a world: one that does what its parameters say. */

import { concurrency } from "../../../packages/millrace/src/sdk/concurrency.ts";
import { context } from "../../../packages/millrace/src/sdk/context.ts";
import { sleep } from "../../../packages/millrace/src/sdk/durable.ts";
import { flow } from "../../../packages/millrace/src/sdk/flow.ts";
import { pause } from "../../../packages/millrace/src/sdk/pause.ts";
import { task } from "../../../packages/millrace/src/sdk/task.ts";
import type { Program } from "../scenario/program.ts";
import { nextEffect, noteEffect } from "../world/effects.ts";
import { thisProcess } from "./flow-process.ts";

interface Order {
  readonly n: number;
  readonly workMs: number;
  /** Attempts that fail. */
  readonly fails: number;
}

const step = task({ name: "step", retries: 2, retryDelay: "300ms" }, async ({ n, workMs, fails }: Order) => {
  const { taskRun, flowRun, signal, logger } = context();
  const { process } = thisProcess();
  const attempt = taskRun?.attempt ?? 0;
  noteEffect({ kind: "begin", runId: flowRun?.id ?? "", process: process.name, n });
  logger.info(`${process.name} step ${n} attempt ${attempt}`);
  await process.clock.sleep(workMs, signal);
  if (attempt <= fails) throw new Error(`step ${n} fails at its attempt ${attempt}`);
  return n * 10;
});

async function run({ orders, ends, failures }: Program): Promise<number> {
  const { flowRun, logger } = context();
  const { process } = thisProcess();
  const runId = flowRun?.id ?? "";
  const log = (text: string): void => {
    const line = `${process.name} line ${nextEffect()}: ${text}`;
    noteEffect({ kind: "log", runId, process: process.name, line });
    logger.info(line);
  };
  const given = (n: number, value: unknown): number => {
    if (value !== n * 10) throw new Error(`step ${n} gave ${String(value)}`);
    noteEffect({ kind: "value", runId, process: process.name, n });
    return n;
  };
  let sum = 0;
  for (const order of orders) {
    log(order.kind);
    switch (order.kind) {
      case "step":
        sum += given(order.n, await step(order));
        break;
      case "map": {
        const futures = step.map(order.of);
        for (const [at, each] of order.of.entries()) sum += given(each.n, await futures[at]);
        break;
      }
      case "sleep":
        await sleep(order.ms);
        break;
      case "pause":
        await pause({ timeout: order.timeoutMs, onTimeout: order.onTimeout });
        break;
      case "slots":
        sum += await concurrency("shared", { leaseDuration: 3000 }, async ({ signal }) => {
          await process.clock.sleep(order.holdMs, signal);
          return 1;
        });
        break;
      case "subflow":
        sum += await program(order.program);
        break;
    }
  }
  if ((flowRun?.attempt ?? 0) <= failures) throw new Error("the flow fails");
  if (ends === "never") await process.clock.sleep(Number.POSITIVE_INFINITY, context().signal);
  return sum;
}

export const program = flow({ name: "program", retries: 1, retryDelay: "500ms" }, run);

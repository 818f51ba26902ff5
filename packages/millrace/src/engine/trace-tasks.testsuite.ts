/** A task whose body runs in a thread: the thread registers a context manager of its own, as an instrumented program does. */

import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { isMainThread } from "node:worker_threads";
import { task } from "../sdk/task.ts";

if (!isMainThread) {
  trace.setGlobalTracerProvider(new BasicTracerProvider());
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}

/** Gives the id of the span that the body is in. */
export const traceOfBody = task(
  { name: "trace-of-body" },
  async () => trace.getActiveSpan()?.spanContext().spanId ?? null,
);

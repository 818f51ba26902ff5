import { MillraceError } from "../contract/errors.ts";
import type { RunContext, RunLogger } from "../contract/runtime.ts";
import { loadedRuntime } from "./runtime.ts";

/**
 * The flow run and task run the calling code is in: ids, names, parameters, attempt, tags, due time, signal, logger.
 * @throws CONTEXT_MISSING outside any run
 */
export function context(): RunContext {
  const found = loadedRuntime()?.current();
  if (found === undefined) throw new MillraceError("CONTEXT_MISSING", { api: "context()", needed: "flow or task" });
  return found;
}

/** The context, or undefined outside any run. */
export function currentContext(): RunContext | undefined {
  return loadedRuntime()?.current();
}

/** The logger of the current run. @throws CONTEXT_MISSING outside any run */
export function logger(): RunLogger {
  const found = loadedRuntime()?.current();
  if (found === undefined) throw new MillraceError("CONTEXT_MISSING", { api: "logger()", needed: "flow or task" });
  return found.logger;
}

/** Adds tags to every run started by `body`. */
export function withTags<T>(tags: readonly string[], body: () => T): T {
  const runtime = loadedRuntime();
  return runtime === undefined ? body() : runtime.withTags(tags, body);
}

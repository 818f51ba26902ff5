import type { TaskRunner } from "../contract/definitions.ts";

/** Submitted and mapped tasks run on this process's event loop, at most `limit` (default 256) at once. */
export function concurrent(options: { readonly limit?: number } = {}): TaskRunner {
  return { kind: "concurrent", ...options };
}

/** Bodies run in worker threads that import the task's module; at most `limit` (default: one a processor) at once. */
export function threads(options: { readonly limit?: number } = {}): TaskRunner {
  return { kind: "threads", ...options };
}

/** Bodies run in child processes that import the task's module; at most `limit` (default: one a processor) at once. */
export function processes(options: { readonly limit?: number } = {}): TaskRunner {
  return { kind: "processes", ...options };
}

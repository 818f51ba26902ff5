/** Reading what user code threw or returned. */

import { MillraceError } from "../contract/errors.ts";
import { brands, type ReturnedState } from "../contract/runtime.ts";
import { previewValue } from "../kit/preview.ts";

/** What was thrown, in words: an error's message, a text as it is, else a line that shows the value. Secrets are in it. */
export function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  // Whoever keeps it masks it first, and then cuts it.
  return typeof error === "string" ? error : previewValue(error, { maxChars: Number.POSITIVE_INFINITY });
}

export function codeOf(error: unknown): string | null {
  return error instanceof Error && error.name === "MillraceError" ? String((error as { code?: unknown }).code) : null;
}

const forLater: ReadonlySet<string | null> = new Set([
  "SUSPENDED",
  "LEASE_LOST",
  "INTERRUPTED",
  "RUN_STALLED",
  "RESUME_DRIFT",
]);

/** It ends a call that is to go on later, here or in another process: nothing is undone. */
export function isForLater(error: unknown): boolean {
  return forLater.has(codeOf(error));
}

/** The error of a task whose body returned that it has not completed. */
export function errorOfReturned({ name, message }: ReturnedState, task: string): MillraceError {
  return new MillraceError("TASK_RUN_FAILED", {
    task,
    state: name,
    message: message ?? "the task returned this state",
  });
}

export function isReturnedState(value: unknown): value is ReturnedState {
  return typeof value === "object" && value !== null && brands.state in value;
}

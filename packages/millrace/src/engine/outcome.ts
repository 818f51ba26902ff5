/** Reading what user code threw or returned. */

import { MillraceError } from "../contract/errors.ts";
import { brands, type ReturnedState } from "../contract/runtime.ts";
import { truncateUtf8 } from "../kit/json.ts";
import type { Masker } from "../kit/mask.ts";
import { previewValue } from "../kit/preview.ts";

/** Of what is kept of a message. In bytes of UTF-8. */
const maxMessageBytes = 16_384;

/** What was thrown, as it is kept: without secrets, and not longer than a message may be. */
export function toMessage(error: unknown, masker: Masker): string {
  // Masked before it is cut: half a secret is not recognised.
  return truncateUtf8(masker.mask(messageOf(error)), maxMessageBytes, "…");
}

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

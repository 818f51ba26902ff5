/** Reading what user code threw or returned. */

import { brands, type ReturnedState } from "../contract/runtime.ts";

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function codeOf(error: unknown): string | null {
  return error instanceof Error && error.name === "MillraceError" ? String((error as { code?: unknown }).code) : null;
}

export function isReturnedState(value: unknown): value is ReturnedState {
  return typeof value === "object" && value !== null && brands.state in value;
}

/** What a dispatcher tells of, for whoever watches it. */

import { isMillraceError } from "../contract/errors.ts";
import type { FlowRun } from "../contract/flow-run.ts";

export type DispatchReport =
  | { readonly kind: "started"; readonly run: FlowRun; readonly infrastructureId: string }
  /** Settled: its state is its last one, unless it waits for somebody. */
  | { readonly kind: "ended"; readonly run: FlowRun }
  /** What went wrong; it is tried again where that can help. */
  | { readonly kind: "trouble"; readonly run: FlowRun | null; readonly what: string };

export function describeTrouble(error: unknown): string {
  if (isMillraceError(error)) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

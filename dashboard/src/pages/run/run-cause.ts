/** Why there is a run: who or what made it. */

import type { FlowRun } from "millrace/client";

export type RunCause =
  | { readonly kind: "subflow"; readonly parentRunId: string }
  | { readonly kind: "schedule" }
  | { readonly kind: "adopts"; readonly runId: string }
  | { readonly kind: "by"; readonly who: string }
  | { readonly kind: "deployment" }
  | { readonly kind: "program"; readonly command: string | null };

export function causeOf(run: FlowRun): RunCause {
  if (run.parentRunId !== null) return { kind: "subflow", parentRunId: run.parentRunId };
  if (run.adopts !== null) return { kind: "adopts", runId: run.adopts.runId };
  if (run.autoScheduled) return { kind: "schedule" };
  const who = nameOf(run.extra.createdBy);
  if (who !== null) return { kind: "by", who };
  if (run.deploymentId !== null) return { kind: "deployment" };
  const { argv } = run.environment;
  return {
    kind: "program",
    command: argv === undefined ? null : argv.map((part) => part.split("/").at(-1) ?? part).join(" "),
  };
}

/** `{ type: "AUTOMATION", displayValue: "nightly" }`, as far as it is that. */
function nameOf(createdBy: unknown): string | null {
  if (typeof createdBy !== "object" || createdBy === null) return null;
  const { type, displayValue } = createdBy as { readonly type?: unknown; readonly displayValue?: unknown };
  const kind = typeof type === "string" ? type.toLowerCase() : null;
  if (typeof displayValue !== "string") return kind;
  return kind === null ? displayValue : `${kind} ${displayValue}`;
}

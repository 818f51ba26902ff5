import type { Artifact } from "../../contract/records.ts";

/** How far a progress artifact is, from 0 to 1; null for what is none. */
export function readProgress(artifact: Pick<Artifact, "kind" | "data">): number | null {
  if (artifact.kind !== "progress") return null;
  const fraction = parseFraction(artifact.data);
  return fraction === null || !Number.isFinite(fraction) ? null : Math.min(1, Math.max(0, fraction));
}

function parseFraction(data: string): number | null {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return null;
  }
  if (typeof value === "number") return value;
  if (typeof value !== "object" || value === null) return null;
  const { value: inner } = value as { readonly value?: unknown };
  return typeof inner === "number" ? inner : null;
}

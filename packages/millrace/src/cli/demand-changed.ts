import { MillraceError } from "../contract/errors.ts";

/** What a change has answered. @throws NOT_FOUND when it was deleted since it was found */
export function demandChanged<T>(
  changed: T | null,
  { kind, name }: { readonly kind: string; readonly name: string },
): T {
  if (changed !== null) return changed;
  throw new MillraceError("NOT_FOUND", { kind, name, advice: "It was deleted meanwhile." });
}

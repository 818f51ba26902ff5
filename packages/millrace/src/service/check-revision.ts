import { MillraceError } from "../contract/errors.ts";

/**
 * Whether what was found is still what whoever changes it has seen.
 *
 * @param revision undefined: whatever it is
 * @throws REVISION_CONFLICT
 */
export function checkRevision(
  { kind, id, revision: found }: { readonly kind: string; readonly id: string; readonly revision: number },
  revision: number | undefined,
): void {
  if (revision === undefined || found === revision) return;
  throw new MillraceError("REVISION_CONFLICT", { kind, id, revision, found });
}

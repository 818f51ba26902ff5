/**
 * What is known to be deleted, by the ids of resources: it is not asked for again. An id comes back with a ledger only that
 * is put back to what it once was.
 */

const maxKnown = 1000;
const gone = new Set<string>();

/** @param resource such as `millrace.automation.<id>` */
export function noteGone(resource: string): void {
  gone.add(resource);
  for (const oldest of gone) {
    if (gone.size <= maxKnown) return;
    gone.delete(oldest);
  }
}

export const forgetGone = (): void => gone.clear();

export const isGone = (resource: string): boolean => gone.has(resource);

import type { Page, PageRequest } from "../contract/records.ts";

/** The most that a page may have. */
const maxPage = 10_000;

/** Reads page after page until there are `limit` items (default: all). */
export async function readPages<T>(
  read: (page: PageRequest) => Promise<Page<T>>,
  { limit = Number.POSITIVE_INFINITY }: { readonly limit?: number } = {},
): Promise<readonly T[]> {
  const items: T[] = [];
  for (let cursor: string | null = null; items.length < limit; ) {
    const page: Page<T> = await read({ limit: Math.min(maxPage, limit - items.length), cursor });
    items.push(...page.items);
    cursor = page.next;
    if (cursor === null) break;
  }
  return items;
}

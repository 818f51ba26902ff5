import type { Page } from "millrace/client";

const pageSize = 1000;

/** All there are, page by page. */
export async function readAll<T>(
  read: (page: { readonly limit: number; readonly cursor: string | null }) => Promise<Page<T>>,
): Promise<readonly T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await read({ limit: pageSize, cursor });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return items;
}

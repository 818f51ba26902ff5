/** Lists as Prefect asks for them: from an offset, and perhaps none at all. */

import type { Page, PageRequest } from "../../../contract/records.ts";

/** The items of one page; a limit of 0 gives none, which our lists do not know. */
export async function listAtMost<T>(
  { limit, offset }: { readonly limit: number; readonly offset: number },
  list: (page: PageRequest) => Promise<Page<T>>,
): Promise<readonly T[]> {
  return limit === 0 ? [] : (await list({ limit, offset })).items;
}

import type { Api } from "./api.ts";
import type { Page, PageRequest } from "./records.ts";

/** How much further is looked when there are still more. */
const growth = 8;

/** A list in the order of its numbers: events, lines of logs. */
export type SeqListOf<Item extends { readonly seq: number }> = (
  filter: { readonly afterSeq: number },
  page: PageRequest,
) => Promise<Page<Item>>;

/** The sequence number of the newest event, 0 when there is none. */
export function findLastSeq(api: Pick<Api, "listEvents">): Promise<number> {
  return findLastSeqOf((filter, page) => api.listEvents(filter, page));
}

/** The same of any list; by halves, for a list is from its beginning only. */
export async function findLastSeqOf(list: SeqListOf<{ readonly seq: number }>): Promise<number> {
  const isThereAfter = async (seq: number): Promise<boolean> =>
    (await list({ afterSeq: seq }, { limit: 1 })).items.length > 0;
  let low = 0;
  let high = 1024;
  while (await isThereAfter(high)) {
    low = high;
    high *= growth;
  }
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await isThereAfter(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

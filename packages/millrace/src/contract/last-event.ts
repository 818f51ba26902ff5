import type { Api } from "./api.ts";

/** How much further is looked when there are still more. */
const growth = 8;

/** The sequence number of the newest event, 0 when there is none; by halves, for the list is from its beginning only. */
export async function findLastSeq(api: Pick<Api, "listEvents">): Promise<number> {
  const isThereAfter = async (seq: number): Promise<boolean> =>
    (await api.listEvents({ afterSeq: seq }, { limit: 1 })).items.length > 0;
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

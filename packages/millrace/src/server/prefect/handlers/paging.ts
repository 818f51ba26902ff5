/** Pages by number, as Prefect's `paginate` routes have them. */

interface Slice {
  readonly limit: number;
  readonly offset: number;
}

export async function toPrefectPage<T>(
  { page, limit }: { readonly page: number; readonly limit: number },
  from: { readonly count: () => Promise<number>; readonly list: (slice: Slice) => Promise<readonly T[]> },
): Promise<{ results: T[]; count: number; limit: number; pages: number; page: number }> {
  const count = await from.count();
  const results = limit === 0 ? [] : await from.list({ limit, offset: (page - 1) * limit });
  const pages = limit === 0 ? 0 : Math.ceil(count / limit);
  return { results: [...results], count, limit, pages, page };
}

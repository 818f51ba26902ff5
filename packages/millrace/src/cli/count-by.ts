import type { Api } from "../contract/api.ts";
import type { ObjectKind } from "../contract/objects.ts";
import { readPages } from "./read-pages.ts";

/** How many objects of a kind name each of these ids in a field; those that none names are left out. */
export async function countBy(
  api: Api,
  kind: ObjectKind,
  { field, values }: { readonly field: string; readonly values: readonly string[] },
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (let from = 0; from < values.length; from += maxValues) {
    const where = { field, in: values.slice(from, from + maxValues) };
    for (const object of await readPages((page) => api.listObjects(kind, { where }, page))) {
      const value = (object as unknown as Readonly<Record<string, string>>)[field] ?? "";
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  return counts;
}

/** Values in one condition. */
const maxValues = 1000;

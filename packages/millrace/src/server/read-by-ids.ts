import type { Api } from "../contract/api.ts";
import type { ObjectKind, ObjectTypes } from "../contract/objects.ts";

/** Ids in one question, at most. */
const maxIds = 1000;

/** The objects of a kind by their ids; those that are not there are not in it. */
export async function readByIds<Kind extends ObjectKind>(
  api: Pick<Api, "listObjects">,
  kind: Kind,
  ids: Iterable<string>,
): Promise<ReadonlyMap<string, ObjectTypes[Kind]>> {
  const wanted = [...new Set(ids)];
  const found = new Map<string, ObjectTypes[Kind]>();
  for (let start = 0; start < wanted.length; start += maxIds) {
    const some = wanted.slice(start, start + maxIds);
    const { items } = await api.listObjects(kind, { where: { field: "id", in: some } }, { limit: some.length });
    for (const item of items) found.set(item.id, item);
  }
  return found;
}

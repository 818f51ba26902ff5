/** Events that came with an import happened in another ledger, at another time: nobody acts on them here. */

import type { Api } from "../../contract/api.ts";
import { type ImportState, importNames } from "../../contract/ledger-rows.ts";

/** Imports that are looked at. */
const maxImports = 200;

export async function withoutImported<Told extends { readonly seq: number }>(
  api: Pick<Api, "listObjects">,
  events: readonly Told[],
): Promise<readonly Told[]> {
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined) return events;
  const where = { field: "name", startsWith: importNames };
  const sort = { field: "updatedAt", direction: "desc" } as const;
  const { items } = await api.listObjects("configuration", { where, sort }, { limit: maxImports });
  const ranges = items
    .flatMap(({ value }) => (value as ImportState).eventRanges)
    .filter(([from, to]) => to >= first.seq && from <= last.seq);
  if (ranges.length === 0) return events;
  return events.filter(({ seq }) => !ranges.some(([from, to]) => seq >= from && seq <= to));
}

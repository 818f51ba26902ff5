import { isMillraceError } from "../../../contract/errors.ts";
import type { SavedSearch } from "../../../contract/objects.ts";
import { PrefectError } from "../errors.ts";
import type { PrefectContext, PrefectHandlers } from "../routes-table-types.ts";
import type * as wire from "../schemas/saved-searches.ts";
import { toPrefectTime } from "../times.ts";
import { listAtMost } from "./list-at-most.ts";

type SavedSearchHandler = "createSavedSearch" | "readSavedSearch" | "deleteSavedSearch" | "readSavedSearches";

export function savedSearchHandlers({ api }: PrefectContext): Pick<PrefectHandlers, SavedSearchHandler> {
  async function findByName(name: string): Promise<SavedSearch | undefined> {
    return (await api.listObjects("saved-search", { where: { field: "name", in: [name] } }, { limit: 1 })).items[0];
  }

  return {
    /** A search of a name that is there takes its place. */
    async createSavedSearch({ body: { name, filters } }) {
      const known = await findByName(name);
      const changed = known && (await api.updateObject("saved-search", known.id, { filters }));
      if (changed != null) return { status: 200, body: toPrefect(changed) };
      try {
        return { status: 201, body: toPrefect(await api.createObject("saved-search", { name, filters })) };
      } catch (error) {
        const other = isMillraceError(error, "OBJECT_EXISTS") ? await findByName(name) : undefined;
        const written = other && (await api.updateObject("saved-search", other.id, { filters }));
        if (written == null) throw error;
        return { status: 200, body: toPrefect(written) };
      }
    },

    async readSavedSearch({ params: { id } }) {
      const search = await api.readObject("saved-search", id);
      if (search === null) throw notFound();
      return { status: 200, body: toPrefect(search) };
    },

    async deleteSavedSearch({ params: { id } }) {
      if (!(await api.deleteObject("saved-search", id))) throw notFound();
      return { status: 204 };
    },

    async readSavedSearches({ body }) {
      const sort = { field: "name", direction: "asc" } as const;
      const searches = await listAtMost(body, (page) => api.listObjects("saved-search", { sort }, page));
      return { status: 200, body: searches.map(toPrefect) };
    },
  };
}

function toPrefect({ id, createdAt, updatedAt, name, filters }: SavedSearch): wire.SavedSearch {
  return {
    id,
    created: toPrefectTime(createdAt),
    updated: toPrefectTime(updatedAt),
    name,
    filters: Array.isArray(filters) ? (filters as wire.SavedSearch["filters"]) : [],
  };
}

function notFound(): PrefectError {
  return new PrefectError({ status: 404, detail: "Saved search not found" });
}

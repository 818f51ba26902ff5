import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "../../api/api.ts";
import { readNow } from "../../format/now.ts";
import { sayError } from "../../ui/toast.ts";
import { type RunsSearch, toCondition } from "./runs-search.ts";
import { type SavedView, toFilters, toView } from "./saved-views.ts";

const key = ["saved-views"];
/** Views whose runs are counted. */
const maxCounted = 20;

export function useSavedViews() {
  const client = useQueryClient();
  const [isCounting, setCounting] = useState(false);
  const query = useQuery({
    queryKey: key,
    queryFn: async () => {
      const sort = { field: "name", direction: "asc" } as const;
      const { items } = await api.listObjects("saved-search", { sort }, { limit: 1000 });
      return items.flatMap((item) => toView(item) ?? []);
    },
    staleTime: 60_000,
  });
  const views = query.data ?? [];
  const counts = useQuery({
    queryKey: [...key, "counts", views.map(({ id, revision }) => `${id} ${revision}`)],
    queryFn: async () => {
      const counted = views
        .slice(0, maxCounted)
        .map(async ({ id, search }) => [id, await api.count("flow-run", toCondition(search, readNow()))] as const);
      return new Map(await Promise.all(counted));
    },
    enabled: isCounting && views.length > 0,
    staleTime: 10_000,
  });
  /** Says what went wrong, and true when nothing did. */
  const act = async (change: () => Promise<unknown>): Promise<boolean> => {
    try {
      await change();
      return true;
    } catch (error) {
      sayError(error);
      return false;
    } finally {
      await client.invalidateQueries({ queryKey: key });
    }
  };
  return {
    views,
    isRead: query.data !== undefined || query.error !== null,
    counts: counts.data ?? null,
    count: (): void => setCounting(true),
    save: (name: string, search: RunsSearch) =>
      act(() => api.createObject("saved-search", { name, filters: toFilters(search, false) })),
    replace: ({ id, isDefault }: SavedView, search: RunsSearch) =>
      act(() => api.updateObject("saved-search", id, { filters: toFilters(search, isDefault) })),
    rename: ({ id, revision }: SavedView, name: string) =>
      act(() => api.updateObject("saved-search", id, { name }, revision)),
    remove: ({ id }: SavedView) => act(() => api.deleteObject("saved-search", id)),
    /** Null: the list opens with all runs. */
    setDefault: (chosen: SavedView | null) =>
      act(async () => {
        for (const view of views) {
          const isDefault = view.id === chosen?.id;
          if (view.isDefault !== isDefault) {
            await api.updateObject("saved-search", view.id, { filters: toFilters(view.search, isDefault) });
          }
        }
      }),
  };
}

export type SavedViews = ReturnType<typeof useSavedViews>;

/** Opens the list with the default view, where the address asks for nothing of its own. Only as the page is opened. */
export function useDefaultView(views: SavedViews, search: RunsSearch, open: (search: RunsSearch) => void): void {
  const [isOpening, setOpening] = useState(() => Object.keys(search).length === 0);
  const { isRead } = views;
  const found = views.views.find(({ isDefault }) => isDefault);
  useEffect(() => {
    if (!isOpening || !isRead) return;
    setOpening(false);
    if (found !== undefined && Object.keys(search).length === 0) open(found.search);
  }, [isOpening, isRead, found, search, open]);
}

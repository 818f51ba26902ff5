/** Task runs of segments, read as they come into view. */

import type { TaskRun } from "millrace/client";
import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "../../../api/api.ts";
import { onEvents } from "../../../api/live.ts";
import { ofFlowRun } from "../../../api/queries.ts";
import { createWindowStore, type WindowStore } from "../logs/window-store.ts";
import { type Segment, toSegmentCondition } from "./task-groups.ts";

/** Between two readings of what is in view, however much happens, in ms. */
const leastMs = 1500;

export interface WantedItem {
  readonly segment: Segment;
  readonly place: number;
}

export function useTaskItems(flowRunId: string, name: string | undefined) {
  const stores = useRef(new Map<string, WindowStore<TaskRun>>());
  const wanted = useRef<readonly WantedItem[]>([]);
  const [, render] = useState(0);
  const of = `${flowRunId} ${name ?? ""}`;
  const lastOf = useRef(of);
  if (lastOf.current !== of) {
    lastOf.current = of;
    stores.current = new Map();
  }

  const storeOf = useCallback(
    (segment: Segment): WindowStore<TaskRun> => {
      const key = `${segment.family} ${segment.taskName}`;
      let store = stores.current.get(key);
      if (store === undefined) {
        const where = toSegmentCondition(flowRunId, name, segment);
        store = createWindowStore(async (window) => (await api.listTaskRuns({ where }, window)).items);
        store.subscribe(() => render((count) => count + 1));
        stores.current.set(key, store);
      }
      return store;
    },
    [flowRunId, name],
  );

  const want = useCallback(
    (items: readonly WantedItem[]): void => {
      wanted.current = items;
      const places = new Map<WindowStore<TaskRun>, number[]>();
      for (const { segment, place } of items) {
        const store = storeOf(segment);
        places.set(store, [...(places.get(store) ?? []), place]);
      }
      for (const [store, those] of places) store.want(those);
    },
    [storeOf],
  );

  // What happens in the run may move task runs from one segment to another: what is in view is read again.
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const concerns = ofFlowRun(flowRunId);
    const stop = onEvents((events) => {
      if (timer !== null || !events.some(concerns)) return;
      timer = setTimeout(() => {
        timer = null;
        for (const store of stores.current.values()) store.outdate();
        want(wanted.current);
      }, leastMs);
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [flowRunId, want]);

  const itemAt = (segment: Segment, place: number): TaskRun | undefined => storeOf(segment).itemAt(place);
  return { itemAt, want };
}

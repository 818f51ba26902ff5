/** What can be done on the page that is shown, beside its keys: the palette lists it. */

import { useEffect, useRef } from "react";

export interface PageAction {
  /** As its button says it. */
  readonly does: string;
  readonly run: () => void;
}

const active = new Set<() => readonly PageAction[]>();

/** They are listed while the component is there. Only what can be done now belongs among them. */
export function usePageActions(actions: readonly PageAction[]): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const read = (): readonly PageAction[] => latest.current;
    active.add(read);
    return () => void active.delete(read);
  }, []);
}

export const listPageActions = (): readonly PageAction[] => [...active].flatMap((read) => read());

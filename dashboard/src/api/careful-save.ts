/** Changes of an object by a form that has been open for a while: what others have changed meanwhile is told before it is written over. */

import { isMillraceError } from "millrace/client";
import { useCallback, useRef } from "react";

export interface CarefulSave<T> {
  /** As it is now; null when it is gone. */
  readonly read: () => Promise<T | null>;
  /** With the revision that was read, for what can be held to it; null when it is gone. */
  readonly save: (revision: number) => Promise<T | null>;
}

/** Slots that are taken and workers that come change an object too, but no field of a form. */
const maxRaces = 5;
/** Of a value that is told, in characters. */
const maxTold = 60;
const kept = "What is written here is kept.";

/**
 * @param opened what the form began with, null for what is not there yet; later ones are not looked at
 * @param fields what the form has fields for, with their names there
 * @returns what saves; it rejects once for what somebody else has changed, with what that is now, and saves over it the next
 * time
 */
export function useCarefulSave<T extends { readonly revision: number }>(
  opened: T | null,
  fields: Readonly<Partial<Record<keyof T & string, string>>>,
): (how: CarefulSave<T>) => Promise<T> {
  const known = useRef(opened);
  const titles = useRef(fields);
  return useCallback(async ({ read, save }) => {
    for (let race = 1; ; race++) {
      const now = await read();
      if (now === null) throw new Error(`It was deleted meanwhile. ${kept}`);
      const told = known.current === null ? "" : tellChanges(titles.current, known.current, now);
      known.current = now;
      if (told !== "") {
        throw new Error(`Somebody else has changed it: ${told}. ${kept} Save once more to put it in place of that.`);
      }
      try {
        const saved = await save(now.revision);
        if (saved === null) continue;
        known.current = saved;
        return saved;
      } catch (error) {
        if (race === maxRaces || !isMillraceError(error, "REVISION_CONFLICT")) throw error;
      }
    }
  }, []);
}

/** `Slots is 5 and was 4, Decay is 0 and was 2` */
function tellChanges<T>(fields: Readonly<Partial<Record<keyof T & string, string>>>, before: T, now: T): string {
  return (Object.entries(fields) as [keyof T & string, string][])
    .filter(([name]) => toTold(before[name]) !== toTold(now[name]))
    .map(([name, title]) => `${title} is ${shorten(toTold(now[name]))} and was ${shorten(toTold(before[name]))}`)
    .join(", ");
}

const toTold = (value: unknown): string =>
  value === undefined || value === null || value === "" ? "empty" : JSON.stringify(value);

const shorten = (text: string): string => (text.length > maxTold ? `${text.slice(0, maxTold)}…` : text);

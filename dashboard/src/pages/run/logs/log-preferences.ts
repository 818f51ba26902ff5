/** How a person likes to read logs: kept in the browser. What is looked for is in the address. */

import { useState } from "react";
import type { LogTimes } from "./log-times.ts";

export interface LogPreferences {
  readonly wraps: boolean;
  readonly times: LogTimes;
}

const key = "millrace.logs";

function read(): LogPreferences {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "{}") as Partial<LogPreferences>;
    return {
      // On a telephone lines are longer than the page.
      wraps: typeof kept.wraps === "boolean" ? kept.wraps : matchMedia("(max-width: 760px)").matches,
      times: kept.times === "relative" || kept.times === "delta" ? kept.times : "absolute",
    };
  } catch {
    // Storage may be closed to us, or hold what is none of ours.
    return { wraps: false, times: "absolute" };
  }
}

export function useLogPreferences(): readonly [LogPreferences, (change: Partial<LogPreferences>) => void] {
  const [current, setCurrent] = useState(read);
  const change = (next: Partial<LogPreferences>): void => {
    const changed = { ...current, ...next };
    setCurrent(changed);
    try {
      localStorage.setItem(key, JSON.stringify(changed));
    } catch {
      // They hold until the page is closed.
    }
  };
  return [current, change];
}

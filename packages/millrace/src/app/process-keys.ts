/** The keys that a worker makes of its own for the processes of its runs. */

import { MillraceError } from "../contract/errors.ts";
import type { Clock } from "../kit/clock.ts";
import { createRunKeys } from "../service/access/run-key-text.ts";
import type { ProcessKeys } from "../worker/process/run-process.ts";
import type { Settings } from "./settings.ts";

/** How long a process may take to load its code with a key that only reads, in ms; also what clocks may differ by. */
const loadingMs = 600_000;

/** Null where they are switched off, and for a key that is no account's: that is handed on. */
export function createProcessKeys(
  { apiKey, runKeys }: Pick<Settings, "apiKey" | "runKeys">,
  clock: Clock,
): ProcessKeys | null {
  const keys = runKeys === "off" || apiKey === null ? null : createRunKeys(apiKey);
  if (keys === null) return null;
  return {
    forLoading: () => keys.forLoading(clock.now() + loadingMs),
    ofRun({ id, ownerId, epoch }) {
      if (ownerId === null) throw new MillraceError("RUN_NOT_FOUND", { kind: "claimed flow run", id });
      return keys.ofRun({ kind: "run", flowRunId: id, processId: ownerId, epoch });
    },
  };
}

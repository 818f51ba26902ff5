/** A wall clock that a test sets while a process runs by it. Its monotonic clock, and the machine's, go on as they are. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findFaketime } from "../../../tools/faketime.ts";
import { isCi } from "../../../tools/is-ci.ts";

const found = findFaketime();
if ("reason" in found && isCi()) throw new Error(`libfaketime is needed in CI: ${found.reason}`);

/** Why clocks cannot be set here; undefined when they can. */
export const clockMissing = "reason" in found ? found.reason : undefined;

export interface WallClock {
  /** What a process needs in its environment to live by it. */
  readonly env: Readonly<Record<string, string>>;
  /** @param to as libfaketime reads it: `+1h`, `-2h`, or with a speed, `+0 x1.2` */
  set(to: string): void;
}

/** @param folder that nothing else is in */
export function createWallClock(folder: string): WallClock {
  if ("reason" in found) throw new Error(found.reason);
  const file = join(folder, "clock");
  writeFileSync(file, "+0");
  return {
    env: {
      LD_PRELOAD: found.library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      FAKETIME_NO_CACHE: "1",
      NO_FAKE_STAT: "1",
    },
    set: (to) => writeFileSync(file, to),
  };
}

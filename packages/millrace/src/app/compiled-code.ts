/**
 * Node keeps what it has compiled of modules, types stripped, in the home folder, so that the next process starts sooner:
 * docs/decisions/0011. It holds for modules that are loaded from now on, and can be switched off by NODE_DISABLE_COMPILE_CACHE.
 */

import { existsSync, rmSync, statSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { systemClock } from "../kit/clock.ts";
import { readHome } from "./settings.ts";

/** What was kept longer is dropped with all the rest, in ms: code that has changed since leaves its older forms behind. */
const keepMs = 30 * 86_400_000;

/** Does nothing where there is no home folder yet, and never fails: it is only about time. */
export function keepCompiledCode(): void {
  try {
    const home = readHome();
    if (!existsSync(home)) return;
    const folder = join(home, "compiled");
    const made = statSync(folder, { throwIfNoEntry: false })?.birthtimeMs;
    if (made !== undefined && systemClock.now() - made > keepMs) rmSync(folder, { recursive: true, force: true });
    enableCompileCache(folder);
  } catch {
    // A home that cannot be had is told by whoever needs it.
  }
}

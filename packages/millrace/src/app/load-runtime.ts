/** The runtime of a process that runs flows by itself: filled into the slot by the first call of a flow or task. */

import type { RunObserver } from "../contract/observer.ts";
import { type Runtime, runtimeSlot } from "../contract/runtime.ts";
import { systemClock } from "../kit/clock.ts";
import { late } from "../kit/late.ts";
import { stopOnInterrupt } from "./interrupt.ts";
import { openEngine } from "./open-engine.ts";
import { serverUrl } from "./open-ledger.ts";
import { readSettings, type Settings } from "./settings.ts";
import { tellOfUntimelyEnd } from "./untimely-end.ts";

/** Opens the ledger of the settings. A failure is told to the caller, and tried again by the next call. */
export const loadRuntime = late(async (): Promise<Runtime> => {
  const settings = readSettings();
  const observer = await openLiveView(settings);
  const { engine } = await openEngine(settings, { observer });
  stopOnInterrupt(engine);
  tellOfUntimelyEnd(engine, settings);
  runtimeSlot().runtime = engine;
  return engine;
});

/** What the person sees on stderr: the standard output is the program's own. */
export async function openLiveView(settings: Settings): Promise<RunObserver | null> {
  const { live, color } = settings;
  if (live === "off") return null;
  const stream = process.stderr;
  const isTerminal = stream.isTTY === true;
  const { createLiveView } = await import("../cli/live/create-live-view.ts");
  const { pageUrl } = await import("../cli/page-url.ts");
  const url = serverUrl(settings);
  const view = await createLiveView({
    stream,
    mode: live === "auto" ? (isTerminal ? "tree" : "lines") : live,
    color: color === "always" || (color === "auto" && isTerminal),
    clock: systemClock,
    pageOf: url === null ? null : (id) => pageUrl(url, { kind: "flow-run", id }),
  });
  process.once("exit", () => view.stop());
  return view;
}

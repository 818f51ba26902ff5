import { setFlagsFromString } from "node:v8";

/** By how much the old part of the heap may grow over what was live in it before it is collected again, in percent. */
const growthPercent = 20;

/**
 * For a process that stays beside others for weeks: on a machine with much memory V8 lets garbage be until the heap has doubled and
 * more. This one is collected sooner, for some more work of the collector, most of which is done beside the program. Node's option
 * of the same name goes before it.
 */
export function boundHeapGrowth(): void {
  if (process.execArgv.some((arg) => arg.startsWith("--heap-growing-percent"))) return;
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
}

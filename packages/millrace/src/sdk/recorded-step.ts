import type { StepSpec } from "../contract/runtime.ts";
import { systemClock } from "../kit/clock.ts";
import { loadedRuntime } from "./runtime.ts";

type StepClock = { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> };

/** The clock of the runtime, which a test may own; the machine's while no runtime is loaded. */
export function currentClock(): StepClock {
  return loadedRuntime()?.clock ?? systemClock;
}

/** Does the work as a recorded step of the run; outside any run it is only done. The caller knows what it recorded. */
export async function recordedStep<T>(
  spec: Omit<StepSpec, "run"> & { run(step: Parameters<StepSpec["run"]>[0]): Promise<T> },
): Promise<T> {
  const runtime = loadedRuntime();
  if (runtime?.current() !== undefined) return (await runtime.step(spec)) as T;
  return spec.run({ startedAt: currentClock().now(), signal: new AbortController().signal, taskRunId: "" });
}

/** A thread that drives one seed after the other, as it is told. */

import { parentPort } from "node:worker_threads";
import { runSeed } from "./run-seed.ts";

export interface FromThread {
  readonly seed: number;
  readonly hash: string;
  readonly violations: readonly string[];
  readonly tail: readonly string[];
  readonly counts: readonly (readonly [string, number])[];
}

/** What is loaded late is loaded by then. */
const warm = runSeed({ seed: 0 });

parentPort?.on("message", ({ seed }: { readonly seed: number }) => {
  void warm.then(() => drive(seed)).then((told) => parentPort?.postMessage(told));
});

/** A seed that cannot be driven to its end is one that fails. */
async function drive(seed: number): Promise<FromThread> {
  try {
    const { hash, violations, tail, counts } = await runSeed({ seed });
    return { seed, hash, violations, tail: violations.length > 0 ? tail : [], counts: [...counts] };
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { seed, hash: "", violations: [why], tail: [], counts: [] };
  }
}

/**
 * A process that waits for its run is new: what it executes first is not compiled yet, and takes several times as long. So it
 * executes a flow of nothing before, on a ledger in memory.
 */

import type { FlowDefinition } from "../contract/definitions.ts";
import { systemClock as clock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { openEngine } from "./open-engine.ts";
import { openThrowAwayStore } from "./open-throw-away-store.ts";

/** The first is where most of it is compiled; a run that comes meanwhile waits for one at most. */
const rounds = 4;

const nothing: FlowDefinition = {
  kind: "flow",
  name: "warm-up",
  fn: async () => undefined,
  options: {},
  site: null,
  codeHash: "",
  retries: 0,
  timeoutMs: null,
};

/** @param isNeeded asked before each round */
export async function warmUp({
  home,
  isNeeded,
}: {
  readonly home: string;
  readonly isNeeded: () => boolean;
}): Promise<void> {
  const ledger = await openThrowAwayStore({ database: "memory", home });
  const { store, settings } = ledger;
  const { engine, api } = await openEngine(settings, { store, hasHeartbeat: false, environment: {} });
  for (let round = 0; round < rounds && isNeeded(); round++) {
    const id = uuidv7();
    const at = clock.now();
    await api.record({
      processId: engine.lease.id,
      created: [
        {
          id,
          flowName: "warm-up",
          name: "warm-up",
          parameters: "{}",
          states: [{ type: "PENDING", name: "Pending", at }],
        },
      ],
    });
    const run = await engine.claim(id, "start");
    await engine.continueFlow({ run, definition: nothing, parameters: engine.decode(run.parameters), mode: "start" });
  }
  await engine.close();
  await ledger.close();
}

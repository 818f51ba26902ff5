/** What `serve()` and `deploy()` do while a ledger is open: its process executes the runs, at the times of its clock. */

import type { InProcessServing } from "../app/serve-in-process.ts";
import type { SavedDeployment } from "../contract/deployments.ts";
import type { PlannedDeployment } from "../contract/serving.ts";
import { late } from "../kit/late.ts";
import type { LedgerClock } from "./ledger-clock.ts";
import type { LedgerProcess } from "./ledger-process.ts";

/** A deployment of `flow.toDeployment()`. */
export interface DeploymentSubject {
  readonly planned: PlannedDeployment;
}

export interface LedgerServing {
  readonly load: () => Promise<InProcessServing>;
  readonly serve: (...deployments: readonly DeploymentSubject[]) => Promise<readonly SavedDeployment[]>;
  /** Something may be due. */
  wake(): void;
  stop(): void;
}

/** Nothing of it is loaded before it is needed. `current` is asked for the process each time: it may have died. */
export function createLedgerServing(current: () => Promise<LedgerProcess>, clock: LedgerClock): LedgerServing {
  let loaded: InProcessServing | null = null;
  const load = late(async () => {
    const { createInProcessServing } = await import("../app/serve-in-process.ts");
    loaded = createInProcessServing({
      current,
      clock: { ...clock.engine, setTimer: clock.setAlarm },
      onTrouble: (error) => process.emitWarning(`The test ledger cannot serve: ${String(error)}`, "MillraceWarning"),
    });
    return loaded;
  });
  return {
    load,
    serve: async (...deployments) => (await load()).add(deployments.map(({ planned }) => planned)),
    wake: () => loaded?.wake(),
    stop: () => loaded?.stop(),
  };
}

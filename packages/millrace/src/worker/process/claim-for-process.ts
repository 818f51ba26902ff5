/** Claims a run for the process that will execute it: from here, where the connection and the code for it are warm. */

import type { Api } from "../../contract/api.ts";
import { isMillraceError } from "../../contract/errors.ts";
import type { FlowRun } from "../../contract/flow-run.ts";
import type { Clock } from "../../kit/clock.ts";
import type { RunProcess } from "./run-process.ts";

/** A claim that was not answered is made again so often, and after so long, in ms. */
const maxTries = 5;
const retryMs = 1000;

export type ClaimApi = Pick<Api, "registerProcess" | "claimFlowRun" | "readFlowRun">;

export type Claim =
  | { readonly run: FlowRun }
  /** `isRefused`: somebody else has it, or its state does not allow it. */
  | { readonly run: null; readonly error: unknown; readonly isRefused: boolean };

export interface Claimant {
  /** Null when the process is gone before. */
  claim(runId: string): Promise<Claim | null>;
}

/** Registers the process as a holder of leases when a run is claimed. One that waits must not be: nobody renews its lease. */
export function createClaimant(
  process: Pick<RunProcess, "loaded">,
  { api, clock }: { readonly api: ClaimApi; readonly clock: Clock },
): Claimant {
  async function register(): Promise<string | null> {
    const holder = await process.loaded;
    if (holder === null) return null;
    await api.registerProcess(holder);
    return holder.id;
  }

  return {
    async claim(runId) {
      for (let tries = 1; ; tries++) {
        let processId: string | null = null;
        try {
          processId = await register();
          if (processId === null) return null;
          return { run: await api.claimFlowRun({ id: runId, processId, mode: "start" }) };
        } catch (error) {
          const isRefused = isMillraceError(error, "RUN_OWNED") || isMillraceError(error, "RUN_NOT_RESUMABLE");
          if (isRefused) {
            // The answer to an earlier try may have been lost.
            const run = tries === 1 ? null : await api.readFlowRun(runId).catch(() => null);
            return run !== null && run.ownerId === processId ? { run } : { run: null, error, isRefused };
          }
          if (tries === maxTries) return { run: null, error, isRefused };
          await clock.sleep(retryMs);
        }
      }
    },
  };
}

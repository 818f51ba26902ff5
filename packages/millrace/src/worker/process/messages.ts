/** What a worker and the process that executes a run say to each other. */

import type { RecordedError } from "../../contract/errors.ts";

/** Where runs are recorded: a server, or a ledger of this machine's own or on PostgreSQL. */
export interface LedgerPlace {
  readonly home: string;
  readonly database: string | null;
  readonly apiUrl: string | null;
}

export type ToRunProcess =
  /** Import the flow, and open the ledger: nothing runs yet. */
  | {
      readonly kind: "load";
      /** A path, or a file URL. */
      readonly file: string;
      readonly exportName: string | null;
      readonly flowName: string;
      readonly ledger: LedgerPlace;
    }
  /** A run is about to be claimed: become a holder of leases. */
  | { readonly kind: "wake" }
  /** Not before it is due, in ms since the epoch. */
  | { readonly kind: "run"; readonly runId: string; readonly dueAt: number | null }
  /** The run is CANCELLING: look now. */
  | { readonly kind: "cancel" }
  /** End the run as interrupted. */
  | { readonly kind: "interrupt" };

export type FromRunProcess =
  | { readonly kind: "loaded" }
  | { readonly kind: "awake"; readonly processId: string }
  /** The flow cannot be imported, or the ledger not be opened. The process ends. */
  | { readonly kind: "failed"; readonly error: RecordedError }
  /** Somebody else has the run. The process ends. */
  | { readonly kind: "refused"; readonly error: RecordedError };

/** What a worker and the process that executes a run say to each other. */

import type { RecordedError } from "../../contract/errors.ts";
import type { FlowRun } from "../../contract/flow-run.ts";
import type { StateType } from "../../contract/states.ts";
import type { Holder } from "../infrastructure.ts";

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
      /** By what it says who it is until it has a run; null: as its environment says. */
      readonly apiKey: string | null;
      /** What it is given in its environment and must not show in anything that it records. */
      readonly secrets: readonly string[];
    }
  /** A run is about to be claimed. */
  | { readonly kind: "wake" }
  /** It is registered as the holder that it offered to be, and this run was claimed for it. It begins at `beginAt` and not before, in ms since the epoch. */
  | {
      readonly kind: "run";
      readonly run: FlowRun;
      readonly beginAt: number | null;
      /** By what it says who it is from now on; null: as before. */
      readonly apiKey: string | null;
    }
  /** The process of this run was killed: the hooks that are told of its end are called here, and the process ends. */
  | { readonly kind: "tell"; readonly run: FlowRun; readonly apiKey: string | null }
  /** The run is CANCELLING: look now. */
  | { readonly kind: "cancel" }
  /** End the run as interrupted. */
  | { readonly kind: "interrupt" };

/** A timeout of code that runs. */
export interface Deadline {
  readonly id: number;
  readonly of: "Flow" | "Task";
  readonly name: string;
  readonly timeoutMs: number;
}

export type FromRunProcess =
  /** It has come to know a secret, which is to be in nothing that is told of it. */
  | { readonly kind: "hides"; readonly text: string }
  | {
      readonly kind: "loaded";
      readonly holder: Holder;
      /** The ends of which its flow has hooks. */
      readonly tellsOf: readonly StateType[];
    }
  /** A timeout begins: it is told when it is over, whether the body has ended or was given up. */
  | { readonly kind: "deadline"; readonly deadline: Deadline }
  | { readonly kind: "met"; readonly id: number }
  /** The flow cannot be imported, or the ledger not be opened. The process ends. */
  | { readonly kind: "failed"; readonly error: RecordedError };

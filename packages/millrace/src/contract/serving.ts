/** The port between `serve()` and `deploy()`, as user files call them, and what does it. Filled late, as the runtime is. */

import type { FlowDefinition } from "./definitions.ts";
import type { TakenStep } from "./deploy-steps.ts";
import type { DeploymentToSave } from "./deployments.ts";
import type { JsonObject } from "./objects.ts";

/** A deployment without where its code is, which depends on whether it is served or deployed. */
export interface PlannedDeployment {
  readonly definition: FlowDefinition;
  readonly deployment: DeploymentToSave;
}

export interface ServeRequest {
  readonly deployments: readonly PlannedDeployment[];
  /** Runs at the same time, of all of them. */
  readonly limit: number;
  /** Processes that wait for a run, of all of them. */
  readonly ready: number;
  /** Whether they make no scheduled runs any more when this process stops. */
  readonly pausesOnStop: boolean;
  /** Stops it, as SIGINT and SIGTERM do. */
  readonly signal: AbortSignal | null;
  /** Told when they are saved, and their runs are taken. */
  readonly onServing: () => void;
}

/** Where the code of a deployment is fetched from by whoever runs it. */
export type CodeSource =
  | { readonly kind: "folder"; readonly folder: string }
  | {
      readonly kind: "git";
      readonly repository: string;
      readonly branch: string | null;
      readonly commit: string | null;
      /** Whether `npm ci` is run in it. */
      readonly installs: boolean;
    };

export interface DeployRequest extends PlannedDeployment {
  readonly pool: string;
  /** Null: the pool's default. */
  readonly queue: string | null;
  /** Null: the folder of the package that the flow is in. */
  readonly source: CodeSource | null;
  readonly build: readonly JsonObject[];
  readonly push: readonly JsonObject[];
  /** Null: as `source` and `push` say. */
  readonly pull: readonly JsonObject[] | null;
}

/** What a field of a deployment was and will be. */
export interface FieldChange {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}

export interface DeployOutcome {
  /** Null for one that would be made. */
  readonly id: string | null;
  /** `flow/deployment`. */
  readonly name: string;
  readonly outcome: "made" | "changed" | "unchanged";
  readonly changes: readonly FieldChange[];
  readonly version: string | null;
  /** What was built and pushed for it, or would be. */
  readonly steps: readonly TakenStep[];
}

export interface Serving {
  /** Resolves when it was told to stop, and what it had started has ended. */
  serve(request: ServeRequest): Promise<void>;
  /** Makes or changes deployments; with `isDryRun` it only says what would be changed. */
  deploy(
    requests: readonly DeployRequest[],
    options: { readonly isDryRun: boolean },
  ): Promise<readonly DeployOutcome[]>;
}

/** What `millrace dev` tells of what goes on. */

import type { FlowRun } from "../../contract/flow-run.ts";
import type { FieldChange } from "../../contract/serving.ts";
import type { Problem } from "./messages.ts";

export type ChildName = "server" | "worker";

export type DevReport =
  /** What has become of the deployments of the files. Nothing is told of those that are as they were. */
  | { readonly kind: "deployment"; readonly change: DeploymentChangeReport }
  /** A mistake in a file; what was registered of it before stays. */
  | { readonly kind: "problem"; readonly problem: Problem }
  /** The files have no mistakes any more. */
  | { readonly kind: "mended" }
  /** Nothing defines a flow. */
  | { readonly kind: "nothing-found" }
  | { readonly kind: "run-started"; readonly run: FlowRun; readonly page: string }
  /** It waits for a person. */
  | { readonly kind: "run-paused"; readonly run: FlowRun; readonly page: string }
  | { readonly kind: "run-ended"; readonly run: FlowRun; readonly page: string }
  | {
      readonly kind: "process-ended";
      readonly process: ChildName;
      readonly how: string;
      readonly restartInMs: number;
    }
  | { readonly kind: "process-restarted"; readonly process: ChildName; readonly pid: number | null }
  | { readonly kind: "trouble"; readonly where: ChildName | "files"; readonly what: string };

export interface DeploymentChangeReport {
  /** `flow/deployment` */
  readonly name: string;
  /** `code`: it runs other code from now on, and is otherwise what it was. */
  readonly what: "added" | "changed" | "code" | "removed";
  /** Relative to the working directory. */
  readonly file: string;
  readonly changes: readonly FieldChange[];
  /** Python: a worker of Prefect's runs it. */
  readonly isPython: boolean;
}

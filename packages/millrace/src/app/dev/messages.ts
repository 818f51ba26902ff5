/** What `millrace dev` and the processes that it starts say to each other. */

import type { DispatchReport } from "../../worker/dispatch-report.ts";
import type { DeploymentPlan } from "../deploy-flows.ts";
import type { SentError } from "./sent-error.ts";

/** To a process that goes on until it is told to stop. */
export type ToKeptProcess<Options> =
  | { readonly kind: "start"; readonly options: Options }
  /** The second time it means: at once. */
  | { readonly kind: "stop" };

export type FromKeptProcess<Ready, Report> =
  | { readonly kind: "ready"; readonly ready: Ready }
  /** It could not start, and ends. */
  | { readonly kind: "failed"; readonly error: SentError }
  | { readonly kind: "report"; readonly report: Report };

export interface ServerProcessOptions {
  readonly home: string;
  readonly database: string | null;
  readonly host: string;
  readonly port: number;
}

export interface ServerReady {
  readonly url: string;
}

/** What went wrong within the server. */
export interface ServerReport {
  readonly what: string;
}

export interface WorkerProcessOptions {
  readonly home: string;
  readonly apiUrl: string;
  readonly pool: string;
  readonly limit: number;
}

export interface WorkerReady {
  readonly name: string;
}

/** Runs are told of by the server's events; of what the worker has to say, only trouble counts. */
export type WorkerReport = Extract<DispatchReport, { kind: "trouble" }>;

/** To the process that imports files to find their flows. It answers, and ends. */
export interface ToDefinitionsProcess {
  /** Absolute paths of modules. */
  readonly files: readonly string[];
  /** Absolute paths of millrace.yaml and the like. */
  readonly deploymentFiles: readonly string[];
  readonly pool: string;
  /** Where what is imported is kept as it is; see code-copy.ts. */
  readonly copyFolder: string;
}

export type FromDefinitionsProcess =
  /** What it does next: if it hangs, or dies, that was why. */
  | { readonly kind: "begins"; readonly file: string }
  | { readonly kind: "defined"; readonly deployment: DefinedDeployment }
  | { readonly kind: "problem"; readonly problem: Problem }
  /** `imports`: each module that was imported, and by which. */
  | { readonly kind: "done"; readonly imports: readonly ImportEdge[] };

export type ImportEdge = readonly [from: string, to: string];

export interface DefinedDeployment {
  /** Where it is defined: a module, or the file of deployments. */
  readonly definedIn: string;
  /** The module with its flow, or the file of Python. */
  readonly file: string;
  /** Of a flow for which nobody has written a deployment. */
  readonly isImplied: boolean;
  readonly plan: DeploymentPlan;
}

/** What is wrong with a file. */
export interface Problem {
  readonly file: string;
  /** `flows.ts:3:7`; null where that is not known. */
  readonly place: string | null;
  readonly code: string | null;
  readonly message: string;
  /** What to do about it. */
  readonly fix: string | null;
}

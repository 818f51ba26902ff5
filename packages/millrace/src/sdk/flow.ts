import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { FlowDefinition, FlowOptions } from "../contract/definitions.ts";
import { refuseWhileImporting } from "../contract/importing.ts";
import { brands, type ReturnedState, runtimeSlot, type TaskFuture } from "../contract/runtime.ts";
import type { DeployOutcome } from "../contract/serving.ts";
import { toMs } from "../kit/duration.ts";
import { callSite } from "./call-site.ts";
import { codeHashOf } from "./code-hash.ts";
import {
  type DeploymentDefinition,
  type DeploymentOptions,
  type DeployOptions,
  type ServeOptions,
  toDeployment,
} from "./deployment-options.ts";
import { checkOptions } from "./options.ts";
import type { Delivered } from "./returned-states.ts";
import { loadRuntime } from "./runtime.ts";
import { deployFlow, serveFlow } from "./serve.ts";

/** A workflow: an ordinary function whose calls are runs. `Given` is what callers pass, before the schema coerces it. */
export interface Flow<Given, Result> {
  /** Runs it and returns its value; rejects with its error. Called in a flow, it is a subflow with a run of its own. */
  (...parameters: FlowParameters<Given>): Promise<FlowValue<Result>>;
  /** The same flow with some options changed. */
  withOptions(options: Omit<FlowOptions, "parameters">): Flow<Given, Result>;
  /** A deployment of it, to serve beside others: see `serve()`. */
  toDeployment(options?: DeploymentOptions<Given>): DeploymentDefinition;
  /** Serves a deployment of it from this process until it is told to stop; see `serve()`. */
  serve(options?: ServeOptions<Given>): Promise<void>;
  /** Makes or changes a deployment of it, whose runs are for the workers of a pool. NOT_FOUND for a pool that is not there. */
  deploy(options: DeployOptions<Given>): Promise<DeployOutcome>;
  /** The bare function, for a unit test. */
  readonly fn: (...parameters: never[]) => Result;
  readonly flowName: string;
  readonly [brands.definition]: FlowDefinition;
}

/** What a call gives for what the function returns: of a list of futures or states, the list of their values. */
export type FlowValue<Result> = ValueOf<Awaited<Result>>;

type ValueOf<Returned> = Returned extends readonly (TaskFuture | ReturnedState)[]
  ? ValuesOf<Returned>
  : Delivered<Returned>;
type ValuesOf<List extends readonly unknown[]> = { -readonly [Index in keyof List]: Delivered<Awaited<List[Index]>> };

/** No argument for a flow without parameters; an optional one where every parameter is optional. */
type FlowParameters<Given> = [Given] extends [undefined | void]
  ? []
  : undefined extends Given
    ? [parameters?: Given]
    : object extends Given
      ? [parameters?: Given]
      : [parameters: Given];

/**
 * Makes a flow of a function of one object, its parameters. Without a schema they are recorded as they are.
 *
 * @example export const pipeline = flow({ name: "nightly", parameters: z.object({ date: z.iso.date() }) }, async ({ date }) => { … });
 * @throws OPTION_UNKNOWN, OPTION_INVALID
 */
export function flow<Result>(fn: () => Result): Flow<undefined, Result>;
export function flow<Given, Result>(fn: (parameters: Given) => Result): Flow<Given, Result>;
export function flow<Schema extends StandardSchemaV1, Result>(
  options: FlowOptions<Schema> & { parameters: Schema },
  fn: (parameters: StandardSchemaV1.InferOutput<Schema>) => Result,
): Flow<StandardSchemaV1.InferInput<Schema>, Result>;
export function flow<Result>(
  options: FlowOptions & { parameters?: undefined },
  fn: () => Result,
): Flow<undefined, Result>;
export function flow<Given, Result>(
  options: FlowOptions & { parameters?: undefined },
  fn: (parameters: Given) => Result,
): Flow<Given, Result>;
export function flow(first: unknown, second?: unknown): unknown {
  const fn = (second ?? first) as FlowDefinition["fn"];
  const options = (second === undefined ? {} : first) as FlowOptions;
  return createFlow(defineFlow(fn, options, callSite(1)));
}

function defineFlow(fn: FlowDefinition["fn"], options: FlowOptions, site: FlowDefinition["site"]): FlowDefinition {
  const name = options.name ?? (fn.name === "" ? "flow" : fn.name);
  if (typeof fn !== "function") throw new TypeError(`flow(): the body of \`${name}\` must be a function`);
  checkOptions("flow", name, options);
  const definition: FlowDefinition = {
    kind: "flow",
    name,
    fn,
    options,
    site,
    codeHash: codeHashOf(fn),
    retries: options.retries ?? 0,
    timeoutMs: options.timeout === undefined ? null : toMs(options.timeout),
  };
  const { definitions, runtime } = runtimeSlot();
  // Who resumes a run finds its flow by its module; one that code makes while it runs is not to be found there, and may be many.
  if (runtime?.current() === undefined) definitions.push(definition);
  return definition;
}

function createFlow(definition: FlowDefinition): Flow<unknown, unknown> {
  const slot = runtimeSlot();
  const call = (parameters?: unknown): Promise<unknown> => {
    if (slot.runtime !== undefined) return slot.runtime.callFlow(definition, parameters);
    // Before anything is loaded: the mark would be gone by then.
    refuseWhileImporting(definition);
    return firstCall(definition, parameters);
  };
  const extras = {
    withOptions: (options: Omit<FlowOptions, "parameters">) =>
      createFlow(
        defineFlow(definition.fn, { ...definition.options, name: definition.name, ...options }, definition.site),
      ),
    toDeployment: (options?: DeploymentOptions) => toDeployment(definition, options),
    serve: async (options?: ServeOptions) => serveFlow(definition, options),
    deploy: async (options: DeployOptions) => deployFlow(definition, options),
    fn: definition.fn,
    flowName: definition.name,
    [brands.definition]: definition,
  };
  Object.defineProperty(call, "name", { value: definition.name });
  return Object.assign(call, extras) as unknown as Flow<unknown, unknown>;
}

async function firstCall(definition: FlowDefinition, parameters: unknown): Promise<unknown> {
  return (await loadRuntime()).callFlow(definition, parameters);
}

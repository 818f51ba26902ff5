/** A dry run: the flow's function is called, its tasks are not, and their calls are the plan. Nothing is recorded. */

import type { FlowDefinition, TaskDefinition } from "../contract/definitions.ts";
import { type FlowRunInfo, type Runtime, runtimeSlot } from "../contract/runtime.ts";
import { validateParameters } from "../engine/parameters.ts";
import type { FlowRequest } from "./command-host.ts";
import { findFlow } from "./import-module.ts";
import { placeholder } from "./placeholder.ts";
import { createPlannedApi, plannedVault } from "./planned-api.ts";
import { dependenciesOf, itemsOf, plannedFuture, show, text } from "./planned-values.ts";

/** A call that a dry run saw, in the order of the calls. */
export interface PlannedCall {
  /** `train-1`, `train-2` …: unique in the plan. */
  readonly id: string;
  readonly kind: "task" | "flow" | "step";
  readonly name: string;
  /** What its definition says of itself; null for nothing. */
  readonly description: string | null;
  readonly inputPreview: string | null;
  /** Ids of the calls whose results it takes. */
  readonly dependsOn: readonly string[];
}

export interface FlowPlan {
  readonly flow: string;
  /** What its definition says of itself; null for nothing. */
  readonly description: string | null;
  readonly calls: readonly PlannedCall[];
  /** Why the plan ends early: the flow looked into a result that a dry run does not have; else null. */
  readonly endedBy: string | null;
}

export async function planFlow(request: FlowRequest): Promise<FlowPlan> {
  const { definition } = await findFlow({ file: request.file, exportName: request.exportName });
  return planDefinition(definition, request.parameters);
}

/** Calls beyond this are not made: a flow that loops until a result is right never sees one in a dry run. */
const maxCalls = 10_000;

/** @throws PARAMETERS_INVALID */
export async function planDefinition(definition: FlowDefinition, parameters: unknown): Promise<FlowPlan> {
  const valid = await validateParameters(definition, parameters);
  const planner = new Planner(toRun(definition, valid));
  const slot = runtimeSlot();
  const before = slot.runtime;
  slot.runtime = planner.runtime(before);
  const plan = { flow: definition.name, description: definition.options.description ?? null, calls: planner.calls };
  try {
    await (definition.fn as (parameters: unknown) => unknown)(valid);
    return { ...plan, endedBy: null };
  } catch (error) {
    return { ...plan, endedBy: error instanceof Error ? error.message : String(error) };
  } finally {
    slot.runtime = before;
  }
}

/** No run is made, but code may ask which one it is in. */
function toRun({ name, options, codeHash }: FlowDefinition, parameters: unknown): FlowRunInfo {
  return {
    id: noId,
    name: "dry-run",
    flowName: name,
    parameters,
    tags: options.tags ?? [],
    attempt: 1,
    scheduledAt: 0,
    deploymentId: null,
    parentRunId: null,
    rootRunId: noId,
    version: options.version ?? codeHash,
  };
}

const noId = "00000000-0000-7000-8000-000000000000";
const neverAborts = new AbortController().signal;

/** What people read of a definition. */
function said({ name, options }: FlowDefinition | TaskDefinition): {
  readonly name: string;
  readonly description: string | null;
} {
  return { name, description: options.description ?? null };
}

class Planner {
  readonly calls: PlannedCall[] = [];
  readonly #run: FlowRunInfo;
  readonly #counts = new Map<string, number>();

  constructor(run: FlowRunInfo) {
    this.#run = run;
  }

  #add(
    kind: PlannedCall["kind"],
    { name, description = null }: { readonly name: string; readonly description?: string | null },
    args: readonly unknown[],
  ): string {
    if (this.calls.length >= maxCalls) throw new Error(`The flow made ${maxCalls} calls; the plan ends here`);
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    const id = `${name}-${count}`;
    const dependsOn = [...new Set(dependenciesOf(args, new Set()))];
    const inputPreview = args.length === 0 ? null : args.map(show).join(", ");
    this.calls.push({ id, kind, name, description, inputPreview, dependsOn });
    return id;
  }

  runtime(outer: Runtime | undefined): Runtime {
    const call = (definition: TaskDefinition, args: readonly unknown[]): unknown =>
      placeholder(this.#add("task", said(definition), args));
    const api = createPlannedApi(outer === undefined ? null : () => outer.api());
    const logger = {
      trace: nothing,
      debug: nothing,
      info: nothing,
      warn: nothing,
      error: nothing,
      fatal: nothing,
      log: nothing,
    };
    return {
      current: () => ({ flowRun: this.#run, taskRun: null, signal: neverAborts, tags: this.#run.tags, logger }),
      callFlow: async (definition, parameters) =>
        placeholder(this.#add("flow", said(definition), parameters === undefined ? [] : [parameters])),
      callTask: async (definition, args) => call(definition, args),
      async *streamTask(definition, args) {
        yield call(definition, args);
      },
      submitTask: (definition, args) => plannedFuture(definition.name, call(definition, args)),
      mapTask: (definition, args) =>
        itemsOf(args).map((item) => plannedFuture(definition.name, call(definition, item))),
      step: async (spec) =>
        placeholder(this.#add("step", spec, spec.preview === undefined ? [] : [text(spec.preview)])),
      pause: async () => placeholder(this.#add("step", { name: "pause" }, [])),
      transaction: async (spec, body) =>
        body({
          key: spec.key ?? null,
          committed: false,
          get: nothing,
          set: nothing,
          onCommit: nothing,
          onRollback: nothing,
        }),
      withTags: (_tags, body) => body(),
      api: async () => api,
      vault: async () => plannedVault,
      mask: nothing,
      hide: (texts) => texts,
      encode: (value) => JSON.stringify(value),
      decode: (text) => JSON.parse(text) as unknown,
      readResult: async () => placeholder("result"),
      recordArtifact: async () => undefined,
      recordEvent: async () => undefined,
      readEnvironment: (name) => outer?.readEnvironment(name),
      newId: () => noId,
      random: () => 0,
      clock: { now: () => 0, sleep: async () => undefined },
    };
  }
}

const nothing = (): undefined => undefined;

/** What tests hand in: flows, tasks and runs, as far as the kit needs to know them. */

import type { FlowDefinition, TaskDefinition } from "../contract/definitions.ts";
import { brands } from "../contract/runtime.ts";

/** Any flow. */
export interface AnyFlow {
  readonly [brands.definition]: FlowDefinition;
}

/** A flow of `flow()`. */
export interface FlowSubject<Parameters extends readonly unknown[], Value> extends AnyFlow {
  (...parameters: Parameters): Promise<Value>;
}

/** A task of `task()`. `Result` is what its body gives: a value, a promise, a generator. */
export interface TaskSubject<Args extends readonly unknown[], Result> {
  readonly fn: (...args: Args) => Result;
  readonly [brands.definition]: TaskDefinition;
}

/** A run by its id, or anything that has it. */
export type RunSubject = string | { readonly id: string };

export function definitionOf(flow: AnyFlow): FlowDefinition {
  return flow[brands.definition];
}

export function idOf(run: RunSubject): string {
  return typeof run === "string" ? run : run.id;
}

/** What a flow returned: data, a state, or futures and states whose own ends decide. */

import { MillraceError } from "../contract/errors.ts";
import type { ReturnedState } from "../contract/runtime.ts";
import type { ProposedState, State } from "../contract/states.ts";
import { finalStateOf } from "../rules/final-state.ts";
import { type InternalFuture, isFuture } from "./identity.ts";
import { isReturnedState } from "./outcome.ts";

export type FlowEnd =
  | {
      readonly kind: "value";
      readonly value: unknown;
      readonly state: ProposedState;
      /** What the caller is thrown although the flow returned: its state says that it did not complete. */
      readonly error: unknown;
    }
  | { readonly kind: "error"; readonly error: unknown };

export async function readReturned(returned: unknown, flow: string, id: string): Promise<FlowEnd> {
  if (isReturnedState(returned)) {
    const state = finalStateOf({ state: returned, states: null });
    return { kind: "value", value: returned.value, state, error: errorFor(state, flow, id, undefined) };
  }
  if (!isListOfEnds(returned)) {
    return { kind: "value", value: returned, state: finalStateOf({ state: null, states: null }), error: null };
  }
  const ends = await Promise.all(returned.map(readEnd));
  const state = finalStateOf({ state: null, states: ends.map((end) => end.state) });
  const cause = ends.find((end) => end.error !== undefined)?.error;
  return { kind: "value", value: ends.map(({ value }) => value), state, error: errorFor(state, flow, id, cause) };
}

function isListOfEnds(value: unknown): value is readonly (InternalFuture | ReturnedState)[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => isFuture(item) || isReturnedState(item));
}

interface End {
  readonly state: Pick<State, "type" | "name">;
  readonly value?: unknown;
  readonly error?: unknown;
}

async function readEnd(end: InternalFuture | ReturnedState): Promise<End> {
  if (isReturnedState(end)) return { state: end, value: end.value };
  const state = await end.wait();
  if (state.type === "COMPLETED") return { state, value: await end.result() };
  return { state, error: await end.result().catch((error: unknown) => error) };
}

function errorFor(state: ProposedState, flow: string, id: string, cause: unknown): unknown {
  if (state.type === "COMPLETED") return null;
  const message = state.message ?? "the flow returned this state";
  return new MillraceError("FLOW_RUN_FAILED", { flow, state: state.name, message, id }, { cause });
}

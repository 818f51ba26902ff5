import { brands, type ReturnedState } from "../contract/runtime.ts";

interface StateOptions {
  /** What people read. Default: the name of the type. */
  readonly name?: string;
  /** Why, in a line. Default: none. */
  readonly message?: string;
}

/** What `completed()` makes: the call gives its value. */
export interface CompletedState<Value> extends ReturnedState {
  readonly type: "COMPLETED";
  readonly value: Value;
}

/** What `failed()` and `cancelled()` make: the call throws. */
export interface NotCompletedState extends ReturnedState {
  readonly type: "FAILED" | "CANCELLED";
}

/** What a caller is given for what a body returns: the value of a completed state, and nothing for the others. */
export type Delivered<Returned> =
  Returned extends CompletedState<infer Value> ? Value : Returned extends NotCompletedState ? never : Returned;

/** Return this from a flow or task to end Completed under a name of your own, with a message. */
export function completed(options?: StateOptions): CompletedState<undefined>;
export function completed<Value>(options: StateOptions & { readonly value: Value }): CompletedState<Value>;
export function completed(options: StateOptions & { readonly value?: unknown } = {}): CompletedState<unknown> {
  const { name = "Completed", value } = options;
  return { [brands.state]: true, type: "COMPLETED", name, value, ...messageOf(options) };
}

/** Return this to end Failed without throwing. */
export function failed(options: StateOptions = {}): NotCompletedState {
  return { [brands.state]: true, type: "FAILED", name: options.name ?? "Failed", ...messageOf(options) };
}

/** Return this to end Cancelled. */
export function cancelled(options: StateOptions = {}): NotCompletedState {
  return { [brands.state]: true, type: "CANCELLED", name: options.name ?? "Cancelled", ...messageOf(options) };
}

function messageOf({ message }: StateOptions): { readonly message?: string } {
  return message === undefined ? {} : { message };
}

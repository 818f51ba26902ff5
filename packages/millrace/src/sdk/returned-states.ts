import { brands, type ReturnedState } from "../contract/runtime.ts";

interface StateOptions {
  readonly name?: string;
  readonly message?: string;
}

function createState(
  type: ReturnedState["type"],
  defaultName: string,
  options: StateOptions,
  value?: unknown,
): ReturnedState {
  const { name = defaultName, message } = options;
  return { [brands.state]: true, type, name, value, ...(message === undefined ? {} : { message }) };
}

/** Return this from a flow or task to end Completed under a name of your own, with a message. */
export function completed(options: StateOptions & { readonly value?: unknown } = {}): ReturnedState {
  return createState("COMPLETED", "Completed", options, options.value);
}

/** Return this to end Failed without throwing. */
export function failed(options: StateOptions = {}): ReturnedState {
  return createState("FAILED", "Failed", options);
}

/** Return this to end Cancelled. */
export function cancelled(options: StateOptions = {}): ReturnedState {
  return createState("CANCELLED", "Cancelled", options);
}

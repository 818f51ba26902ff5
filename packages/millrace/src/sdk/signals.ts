/** Typed signals to a running flow: values that are sent from outside, and waited for in its body. */

import type { StandardSchemaV1 } from "@standard-schema/spec";
import { isMillraceError, MillraceError } from "../contract/errors.ts";
import { type RunInput, signalKey } from "../contract/records.ts";
import type { RunContext, Runtime } from "../contract/runtime.ts";
import type { Duration } from "../kit/duration.ts";
import { callId } from "./call-id.ts";
import { loadRuntime, requireContext } from "./runtime.ts";
import { takeTurn } from "./signal-turns.ts";
import { validateInput } from "./validate-input.ts";
import { waitUntilFound } from "./waiting.ts";

export interface SendOptions {
  /** The same id twice is one value, for senders that try again. Default: one of its own. */
  readonly id?: string;
}

/** `Given` is what is sent, `Value` what the schema makes of it. */
export interface Signal<Given, Value = Given> extends AsyncIterable<Value> {
  readonly signalName: string;
  /**
   * Waits in a flow's own body for the next value: the first wait takes the first value sent, the second the second. A resumed
   * run is given the same values. A wait that times out has taken none; a value that the schema refuses is passed over, with a
   * warning in the log.
   *
   * @throws CONTEXT_MISSING outside a flow or in a task, TIMED_OUT
   */
  wait(options?: { readonly timeout?: Duration }): Promise<Value>;
  /**
   * Sends a value to a run, from anywhere. It is kept until the run waits for it.
   *
   * @returns false when a value of this id was sent before
   * @throws INPUT_INVALID, RUN_NOT_FOUND
   */
  send(runId: string, value: Given, options?: SendOptions): Promise<boolean>;
}

/**
 * Makes a signal of a name. Any Standard Schema checks the values where they are sent and where they arrive.
 *
 * @example
 * const approve = signal("approve", { schema: z.object({ by: z.string() }) });
 * const { by } = await approve.wait({ timeout: "2h" });      // in the flow
 * for await (const { by } of approve) logger().info(by);     // or each of them
 * await approve.send(runId, { by: "Ada" });                  // elsewhere
 */
export function signal<Schema extends StandardSchemaV1>(
  name: string,
  options: { readonly schema: Schema },
): Signal<StandardSchemaV1.InferInput<Schema>, StandardSchemaV1.InferOutput<Schema>>;
export function signal<Value = unknown>(name: string, options?: { readonly schema?: undefined }): Signal<Value>;
export function signal(
  name: string,
  { schema }: { readonly schema?: StandardSchemaV1 | undefined } = {},
): Signal<unknown, unknown> {
  if (typeof name !== "string" || name === "")
    throw new TypeError("signal(): the name must be a text that is not empty");
  const wait: Signal<unknown>["wait"] = async ({ timeout } = {}) =>
    receive(name, { schema, ...(timeout === undefined ? {} : { timeout }) });
  return {
    signalName: name,
    wait,
    async send(runId, value, options) {
      await validateInput(schema, value, name);
      return sendSignal(runId, name, value, options);
    },
    async *[Symbol.asyncIterator]() {
      for (;;) yield await wait();
    },
  };
}

/**
 * Sends a value to a run by the signal's name, without its schema: the run checks it.
 *
 * @returns false when a value of this id was sent before
 * @throws RUN_NOT_FOUND
 */
export async function sendSignal(
  runId: string,
  name: string,
  value?: unknown,
  { id }: SendOptions = {},
): Promise<boolean> {
  const loading = loadRuntime();
  const runtime = loading instanceof Promise ? await loading : loading;
  // A body that runs again sends nothing twice.
  const inputId = id ?? callId(runtime, `signal:${runId}:${name}`);
  const sender = runtime.current()?.flowRun ?? null;
  const api = await runtime.api();
  return api.sendRunInput({
    flowRunId: runId,
    key: signalKey(name),
    id: inputId,
    value: runtime.encode(value),
    sender: sender === null ? null : `millrace.flow-run.${sender.id}`,
  });
}

async function receive(
  name: string,
  { schema, timeout }: { readonly schema: StandardSchemaV1 | undefined; readonly timeout?: Duration },
): Promise<unknown> {
  const { runtime, context, runId } = requireFlowBody(`signal("${name}").wait()`);
  const turn = takeTurn(context.signal, name);

  const judge = async ({ id, value }: RunInput): Promise<boolean> => {
    try {
      await validateInput(schema, runtime.decode(value), name);
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      context.logger.warn(`A value of the signal \`${name}\` is passed over: ${reason}`, { inputId: id });
      return false;
    }
  };
  const isAccepted = (input: RunInput): Promise<boolean> => {
    const verdict = turn.verdicts.get(input.id) ?? judge(input);
    turn.verdicts.set(input.id, verdict);
    return verdict;
  };

  try {
    return await waitUntilFound({
      name: "signal",
      subject: name,
      options: { every: { min: "100ms", max: "2s" }, ...(timeout === undefined ? {} : { timeout }) },
      async look() {
        let place = 0;
        for (const input of await (await runtime.api()).listRunInputs(runId, signalKey(name))) {
          if (!(await isAccepted(input)) || place++ < turn.place) continue;
          return { isFound: true, value: await validateInput(schema, runtime.decode(input.value), name) };
        }
        return { isFound: false };
      },
    });
  } catch (error) {
    if (isMillraceError(error, "TIMED_OUT")) turn.giveBack();
    throw error;
  }
}

function requireFlowBody(api: string): { runtime: Runtime; context: RunContext; runId: string } {
  const { runtime, context } = requireContext(api, "flow");
  const { flowRun, taskRun } = context;
  // Which value is whose is counted in the body; a task that runs again would count anew.
  if (flowRun === null || taskRun !== null)
    throw new MillraceError("CONTEXT_MISSING", { api, needed: "flow, by its own body and not by a task in it" });
  return { runtime, context, runId: flowRun.id };
}

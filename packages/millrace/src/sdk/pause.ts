import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type Duration, toMs } from "../kit/duration.ts";
import { toJsonSchema } from "./json-schema.ts";
import { requireContext } from "./runtime.ts";
import { validateInput } from "./validate-input.ts";

export interface PauseOptions<Schema extends StandardSchemaV1 = StandardSchemaV1> {
  /** Any Standard Schema of the answer that is waited for; where it gives a JSON Schema, people are shown a form. */
  readonly input?: Schema;
  /** Fails the run with PAUSE_TIMED_OUT when nobody has answered. Default: "1h" for `pause()`, none for `suspend()`. */
  readonly timeout?: Duration;
  /** Names the pause, for whoever answers and for the record. Default: its number in the run. */
  readonly key?: string;
  /** What a person needs to know to answer. */
  readonly description?: string;
}

type InputOptions<Schema extends StandardSchemaV1> = PauseOptions<Schema> & { readonly input: Schema };
type NoInputOptions = PauseOptions & { readonly input?: undefined };

/**
 * Waits in the flow until the run is resumed, and gives back the answer, checked by the schema. The run is Paused meanwhile
 * and its process stays. A resumed run does not ask again for what was answered.
 *
 * @example const { approve } = await pause({ input: z.object({ approve: z.boolean() }), timeout: "2h" });
 * @throws CONTEXT_MISSING outside a flow, PAUSE_TIMED_OUT, RangeError for a timeout that is no duration
 */
export function pause(options?: NoInputOptions): Promise<void>;
export function pause<Schema extends StandardSchemaV1>(
  options: InputOptions<Schema>,
): Promise<StandardSchemaV1.InferOutput<Schema>>;
export async function pause(options: PauseOptions = {}): Promise<unknown> {
  return waitForAnswer("pause()", options, { suspend: false, timeout: options.timeout ?? "1h" });
}

/**
 * As `pause()`, and gives up the process: the run is Suspended, however long it takes, and goes on in a new process when it
 * is resumed; what was recorded is not run again.
 *
 * @throws CONTEXT_MISSING outside a flow, PAUSE_TIMED_OUT, RangeError for a timeout that is no duration
 */
export function suspend(options?: NoInputOptions): Promise<void>;
export function suspend<Schema extends StandardSchemaV1>(
  options: InputOptions<Schema>,
): Promise<StandardSchemaV1.InferOutput<Schema>>;
export async function suspend(options: PauseOptions = {}): Promise<unknown> {
  return waitForAnswer("suspend()", options, { suspend: true, timeout: options.timeout });
}

async function waitForAnswer(
  api: string,
  { input, key, description }: PauseOptions,
  { suspend, timeout }: { readonly suspend: boolean; readonly timeout: Duration | undefined },
): Promise<unknown> {
  const { runtime } = requireContext(api, "flow");
  return runtime.pause({
    ...(key === undefined ? {} : { key }),
    timeoutMs: timeout === undefined ? null : toMs(timeout),
    suspend,
    // A schema that says nothing as JSON Schema still asks for an answer: any JSON, checked when it comes.
    inputSchema: input === undefined ? null : (toJsonSchema(input) ?? {}),
    description: description ?? null,
    validate: async (answer) => (input === undefined ? undefined : validateInput(input, answer, key ?? api)),
  });
}

import type { StandardSchemaV1 } from "@standard-schema/spec";
import { isMillraceError, MillraceError } from "../contract/errors.ts";
import { type Duration, toMs } from "../kit/duration.ts";
import { toJsonSchema } from "./json-schema.ts";
import { requireContext } from "./runtime.ts";
import { validateInput } from "./validate-input.ts";

interface QuestionOptions {
  /** When nobody has answered, `onTimeout` says what becomes of it. Default: "1h" for `pause()`, none for `suspend()`. */
  readonly timeout?: Duration;
  /** Names the pause, for whoever answers and for the record. Default: its number in the run. */
  readonly key?: string;
  /** What is asked, in a line. */
  readonly title?: string;
  /** What a person needs to know to answer, as Markdown. */
  readonly description?: string;
  /**
   * Who may answer: names of accounts. A server with access control lets only these; elsewhere an answer must give one of the
   * names, which is believed. Default: anybody.
   */
  readonly answerers?: readonly string[];
}

export interface PauseOptions<Schema extends StandardSchemaV1 = StandardSchemaV1> extends QuestionOptions {
  /** Any Standard Schema of the answer that is waited for; where it gives a JSON Schema, people are shown a form. */
  readonly input?: Schema;
  /**
   * When the time is over: "fail" (the default) fails the pause with PAUSE_TIMED_OUT; or an answer, which is taken as one that
   * a person has given, and recorded as that of the timeout.
   */
  readonly onTimeout?: "fail" | { readonly answer: StandardSchemaV1.InferInput<NoInfer<Schema>> };
  /** What the form is filled in with at first. */
  readonly initialValues?: Partial<StandardSchemaV1.InferInput<NoInfer<Schema>>>;
}

/** Of a pause that asks for no answer, but to be let go on. */
export interface PlainPauseOptions extends QuestionOptions {
  readonly input?: undefined;
  /** When the time is over: "fail" (the default) fails the pause with PAUSE_TIMED_OUT, "go-on" ends it. */
  readonly onTimeout?: "fail" | "go-on";
}

type InputOptions<Schema extends StandardSchemaV1> = PauseOptions<Schema> & { readonly input: Schema };

interface AnyOptions extends QuestionOptions {
  readonly input?: StandardSchemaV1 | undefined;
  readonly onTimeout?: "fail" | "go-on" | { readonly answer: unknown };
  readonly initialValues?: unknown;
}

/**
 * Waits in the flow until the run is resumed, and gives back the answer, checked by the schema. The run is Paused meanwhile
 * and its process stays. A resumed run does not ask again for what was answered.
 *
 * @example const { approve } = await pause({ input: z.object({ approve: z.boolean() }), timeout: "2h" });
 * @throws CONTEXT_MISSING outside a flow, PAUSE_TIMED_OUT, OPTION_INVALID, RangeError for a timeout that is no duration
 */
export function pause(options?: PlainPauseOptions): Promise<void>;
export function pause<Schema extends StandardSchemaV1>(
  options: InputOptions<Schema>,
): Promise<StandardSchemaV1.InferOutput<Schema>>;
export async function pause(options: AnyOptions = {}): Promise<unknown> {
  return waitForAnswer("pause()", options, { suspend: false, timeout: options.timeout ?? "1h" });
}

/**
 * As `pause()`, and gives up the process: the run is Suspended, however long it takes, and goes on in a new process when it
 * is resumed; what was recorded is not run again. A run of a deployment is started again by the answer, or by the timeout.
 *
 * @throws CONTEXT_MISSING outside a flow, PAUSE_TIMED_OUT, OPTION_INVALID, RangeError for a timeout that is no duration
 */
export function suspend(options?: PlainPauseOptions): Promise<void>;
export function suspend<Schema extends StandardSchemaV1>(
  options: InputOptions<Schema>,
): Promise<StandardSchemaV1.InferOutput<Schema>>;
export async function suspend(options: AnyOptions = {}): Promise<unknown> {
  return waitForAnswer("suspend()", options, { suspend: true, timeout: options.timeout });
}

async function waitForAnswer(
  api: string,
  options: AnyOptions,
  { suspend, timeout }: { readonly suspend: boolean; readonly timeout: Duration | undefined },
): Promise<unknown> {
  const { runtime } = requireContext(api, "flow");
  const { input, key, title, description, initialValues, answerers, onTimeout } = options;
  const agreed = onTimeout === undefined || onTimeout === "fail" ? null : onTimeout;
  const validate = async (answer: unknown): Promise<unknown> =>
    input === undefined ? undefined : validateInput(input, answer, key ?? api);
  checkOptions(api, options, timeout);
  return runtime.pause({
    ...(key === undefined ? {} : { key }),
    timeoutMs: timeout === undefined ? null : toMs(timeout),
    suspend,
    // A schema that says nothing as JSON Schema still asks for an answer: any JSON, checked when it comes.
    inputSchema: input === undefined ? null : (toJsonSchema(input) ?? {}),
    title: title ?? null,
    description: description ?? null,
    initialValues: initialValues === undefined ? undefined : JSON.parse(JSON.stringify(initialValues)),
    answerers: answerers ?? null,
    onTimeout: agreed === null ? null : { answer: agreed === "go-on" ? null : agreed.answer },
    check: async () => {
      if (agreed !== null && agreed !== "go-on") await checkAgreed(api, () => validate(agreed.answer));
    },
    validate,
  });
}

/** @throws OPTION_INVALID */
function checkOptions(
  definition: string,
  { answerers, onTimeout, input, key = "" }: AnyOptions,
  timeout: Duration | undefined,
): void {
  const refuse = (option: string, reason: string): MillraceError =>
    new MillraceError("OPTION_INVALID", { definition, option, reason });
  if (/^(signal|refused):/.test(key)) throw refuse("key", "what begins with `signal:` or `refused:` is sent otherwise");
  if (answerers?.every((name) => name.trim() === "") === true) throw refuse("answerers", "it names nobody");
  if (onTimeout === undefined || onTimeout === "fail") return;
  if (timeout === undefined) throw refuse("onTimeout", "there is no `timeout`");
  if ((onTimeout === "go-on") !== (input === undefined)) {
    const expected = input === undefined ? '"fail" or "go-on", as there is no `input`' : '"fail" or `{ answer }`';
    throw refuse("onTimeout", `it must be ${expected}`);
  }
}

/** What would be refused at its time is refused at once. */
async function checkAgreed(definition: string, validate: () => Promise<unknown>): Promise<void> {
  try {
    await validate();
  } catch (cause) {
    if (!isMillraceError(cause, "INPUT_INVALID")) throw cause;
    const reason = `the answer does not meet the schema: ${String(cause.data.issues)}`;
    throw new MillraceError("OPTION_INVALID", { definition, option: "onTimeout", reason }, { cause });
  }
}

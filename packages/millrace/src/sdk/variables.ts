import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Api } from "../contract/api.ts";
import { MillraceError } from "../contract/errors.ts";
import { toJsonText } from "./json-text.ts";
import { loadRuntime } from "./runtime.ts";
import { validateInput } from "./validate-input.ts";

export interface VariableOptions {
  /** Labels, to find it by. Default: none. */
  readonly tags?: readonly string[];
  /** Whether a value that is there is replaced. Default true. False is no lock: two who write at once may both find none. */
  readonly overwrite?: boolean;
}

/**
 * Settings that are kept beside the runs and can change between them: JSON values by name (lower-case letters, digits, `-` and
 * `_`). They are read and written as they are now, and not recorded: where a resumed run must see what the first one saw, read
 * them in a task.
 */
export const variable = {
  get: readVariable,

  /**
   * @throws VARIABLE_NAME_INVALID, VARIABLE_INVALID for a value that has no JSON or a name that is taken when `overwrite` is false
   */
  async set(name: string, value: unknown, { tags = [], overwrite = true }: VariableOptions = {}): Promise<void> {
    const found = toJsonText(value, { root: "value" });
    if ("reason" in found) throw invalid(name, `\`${found.path}\` ${found.reason}`);
    const api = await openApi();
    if (!overwrite && (await api.readVariable(name)) !== null) throw invalid(name, "it is there already");
    await api.writeVariable({ name, value: found.text, tags });
  },

  /** False when there was none. */
  async delete(name: string): Promise<boolean> {
    return (await openApi()).deleteVariable(name);
  },
} as const;

/**
 * The value of a variable, or the default where there is none. A Standard Schema checks it and gives it its type; without one
 * the type is what the caller says.
 *
 * @example const limit = await variable.get("batch-size", { schema: z.int(), default: 500 });
 * @throws NOT_FOUND where there is neither, INPUT_INVALID for what the schema refuses
 */
function readVariable<Schema extends StandardSchemaV1>(
  name: string,
  options: { readonly schema: Schema; readonly default?: StandardSchemaV1.InferOutput<Schema> },
): Promise<StandardSchemaV1.InferOutput<Schema>>;
function readVariable<Value = unknown>(
  name: string,
  options?: { readonly schema?: undefined; readonly default?: Value },
): Promise<Value>;
async function readVariable(
  name: string,
  options: { readonly schema?: StandardSchemaV1 | undefined; readonly default?: unknown } = {},
): Promise<unknown> {
  const found = await (await openApi()).readVariable(name);
  if (found !== null) return validateInput(options.schema, JSON.parse(found.value), name);
  if ("default" in options) return options.default;
  throw new MillraceError("NOT_FOUND", {
    kind: "variable",
    name,
    advice: `\`millrace variable set ${name} …\` makes it; variable.get("${name}", { default }) does without it.`,
  });
}

async function openApi(): Promise<Api> {
  return (await loadRuntime()).api();
}

function invalid(name: string, reason: string): MillraceError {
  return new MillraceError("VARIABLE_INVALID", { name, reason });
}

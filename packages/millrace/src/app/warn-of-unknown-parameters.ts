import type { FlowDefinition } from "../contract/definitions.ts";
import { describeUnknownParameters, namesInSchema } from "../contract/unknown-parameters.ts";
import { toJsonSchema } from "../sdk/json-schema.ts";

/** Warns of parameters that are neither in what the flow's schema made of them, nor in the schema. */
export function warnOfUnknownParameters(
  { name, options }: FlowDefinition,
  { given, taken }: { readonly given: unknown; readonly taken: unknown },
): void {
  if (options.parameters === undefined || typeof taken !== "object" || taken === null) return;
  const named = namesInSchema(toJsonSchema(options.parameters));
  if (named === null) return;
  const known = [...new Set([...named, ...Object.keys(taken)])];
  for (const text of describeUnknownParameters({ flow: name, given, known })) {
    process.emitWarning(text, "MillraceWarning");
  }
}

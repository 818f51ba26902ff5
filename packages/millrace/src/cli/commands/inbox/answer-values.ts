/** The answer that is written on the command line: in whole, or field by field. */

import type { InboxItem } from "../../../contract/inbox.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { readJsonOption, readParameters } from "../../parameters.ts";
import { textFieldsOf } from "./form.ts";

interface Written {
  /** `name=value` each. */
  readonly param: readonly string[];
  /** JSON, or `@file`. */
  readonly input: string | undefined;
}

/** Undefined when there is none. Fields that are not written are as the form has them at first. @throws UsageProblem */
export async function readAnswer(
  { param, input }: Written,
  { schema, initialValues }: Pick<InboxItem, "schema" | "initialValues">,
): Promise<unknown> {
  if (input !== undefined && param.length > 0) throw new UsageProblem("--param and --input are not for one answer");
  if (input !== undefined) return readJsonOption(input, "--input");
  if (param.length === 0) return undefined;
  const values = (await readParameters({ one: param, all: undefined })) as Readonly<Record<string, unknown>>;
  const texts = schema === null ? new Set<string>() : textFieldsOf(schema);
  const asWritten = param.map(split).filter(([name]) => texts.has(name) && isOther(values[name]));
  const initially = typeof initialValues === "object" && !Array.isArray(initialValues) ? initialValues : {};
  return { ...initially, ...values, ...Object.fromEntries(asWritten) };
}

/** A version of `1.0` is no number where a text is asked for. */
function isOther(value: unknown): boolean {
  return typeof value !== "string" && value !== null;
}

function split(written: string): readonly [string, string] {
  const at = written.indexOf("=");
  return [written.slice(0, at), written.slice(at + 1)];
}

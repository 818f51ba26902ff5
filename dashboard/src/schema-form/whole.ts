/** A schema of any value as one of an object, which a form is made of. */

import type { JsonObject } from "millrace/client";
import { isObject, resolve, toPlace } from "./schema.ts";
import { defaultsOf } from "./values.ts";

export interface WholeForm {
  readonly schema: JsonObject;
  /** What the form begins with. */
  readonly initial: JsonObject;
  /** From the form's value to the value that the schema is of. */
  readonly toValue: (formed: JsonObject) => unknown;
  /** From a place in the value to one in the form. */
  readonly toPath: (path: readonly string[]) => readonly string[];
}

const name = "answer";

export function toWholeForm(schema: JsonObject, initial: unknown): WholeForm {
  const { kind, branches } = toPlace(schema, schema);
  const isOfObjects =
    kind === "object" || (kind === "choice" && branches.every((branch) => toPlace(branch, schema).kind === "object"));
  if (isOfObjects) {
    const begun = isObject(initial) ? initial : {};
    return {
      schema,
      initial: { ...defaultsOf(resolve(schema, schema)), ...begun },
      toValue: (formed) => formed,
      toPath: (path) => path,
    };
  }
  const { $defs, definitions, ...inner } = schema;
  return {
    schema: {
      type: "object",
      properties: { [name]: { title: "Answer", ...inner } },
      required: [name],
      ...($defs === undefined ? {} : { $defs }),
      ...(definitions === undefined ? {} : { definitions }),
    },
    initial: initial === null || initial === undefined ? {} : { [name]: initial },
    toValue: (formed) => formed[name],
    toPath: (path) => [name, ...path],
  };
}

/** What all fields of one form share. */

import type { JsonObject, ValueFault } from "millrace/client";
import { createContext, useContext } from "react";

export interface FormScope {
  /** The whole schema, in which references are looked up. */
  readonly root: JsonObject;
  readonly faults: readonly ValueFault[];
  /** A field's text cannot be read as its value, or can again. */
  readonly noteBroken: (field: string, isBroken: boolean) => void;
}

export const FormContext = createContext<FormScope>({ root: {}, faults: [], noteBroken: () => undefined });

export const useForm = (): FormScope => useContext(FormContext);

/** A place of the form: what is there by the schema, what its value is, and how it changes. */
export interface FieldProps {
  readonly node: unknown;
  /** Undefined: not given. */
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly path: readonly string[];
  readonly label: string;
  readonly isRequired: boolean;
  /** From 0, which is the whole. */
  readonly depth: number;
  /** An item of a list, or the branch of a choice: not said to be required, as it is there. */
  readonly standsAs?: "item" | "branch";
}

/** A field whose value is of its kind, or not given. */
export interface ControlProps<Value> {
  readonly schema: JsonObject;
  readonly value: Value | undefined;
  readonly onChange: (value: unknown) => void;
  readonly path: readonly string[];
  readonly label: string;
  readonly isRequired: boolean;
  readonly depth: number;
  /** For the element that takes the value. */
  readonly ids: { readonly id: string; readonly "aria-describedby"?: string; readonly "aria-invalid"?: true };
}

/** What the server finds wrong with values, asked a moment after they were last changed. */

import { useQuery } from "@tanstack/react-query";
import type { JsonObject, ValueFault } from "millrace/client";
import { useEffect, useState } from "react";
import { api } from "../api/api.ts";

/** In ms. */
const restMs = 300;
const none: readonly ValueFault[] = [];

export interface CheckedValues {
  readonly faults: readonly ValueFault[];
  /** Whether `faults` are those of an earlier value. */
  readonly isChecking: boolean;
  /** Why they could not be checked: a schema that is none. */
  readonly error: unknown;
}

/** @param schema null where there is none, and nothing is checked */
export function useValueFaults(schema: JsonObject | null, value: JsonObject): CheckedValues {
  const [asked, setAsked] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(value), restMs);
    return () => clearTimeout(timer);
  }, [value]);
  const query = useQuery({
    queryKey: ["value-faults", schema, asked],
    queryFn: async () => (schema === null ? none : await api.checkValues({ schema, values: asked })),
    enabled: schema !== null,
    // Values may hold secrets: none is kept.
    gcTime: 0,
    staleTime: Infinity,
    placeholderData: (before) => before,
    retry: false,
  });
  return {
    faults: query.data ?? none,
    isChecking: schema !== null && (asked !== value || query.isPlaceholderData || query.isPending),
    error: query.error,
  };
}

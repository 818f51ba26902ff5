import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { sayError } from "./toast.ts";

export interface ActionState<Args extends readonly unknown[]> {
  /** True when it was done. */
  readonly run: (...args: Args) => Promise<boolean>;
  readonly isBusy: boolean;
  readonly error: unknown;
}

/**
 * Something that a person asks the server to do. What the page shows is read again after it, and what went wrong is said;
 * with `keepsError` only kept, for a dialog that shows it by itself.
 */
export function useAction<Args extends readonly unknown[]>(
  act: (...args: Args) => Promise<unknown>,
  { keepsError = false }: { readonly keepsError?: boolean } = {},
): ActionState<Args> {
  const client = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = useCallback(
    async (...args: Args): Promise<boolean> => {
      setBusy(true);
      setError(null);
      try {
        await act(...args);
        await client.invalidateQueries();
        return true;
      } catch (caught) {
        if (keepsError) setError(caught);
        else sayError(caught);
        return false;
      } finally {
        setBusy(false);
      }
    },
    [act, client, keepsError],
  );
  return { run, isBusy, error };
}

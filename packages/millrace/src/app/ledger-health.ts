/**
 * Whether the ledger can be used. Reading its version tells that it answers and whose tables it has. Whether it can be written is
 * seen by what is written anyway: only after that has failed is it tried, until it works.
 */

import { isMillraceError, MillraceError } from "../contract/errors.ts";
import type { Store } from "../contract/store.ts";

export interface LedgerHealth {
  /** The same store, whose failures to write are noticed. */
  readonly store: Store;
  /** @throws what is wrong: LEDGER_NEWER, LEDGER_FULL, LEDGER_UNWRITABLE, DATABASE_UNREACHABLE … */
  check(): Promise<void>;
}

export function createLedgerHealth(store: Store, location: string): LedgerHealth {
  let isInDoubt = false;

  function notice(error: unknown): void {
    if (isMillraceError(error, "LEDGER_FULL") || isMillraceError(error, "LEDGER_UNWRITABLE")) isInDoubt = true;
  }

  return {
    store: { ...noticing(store, notice), access: noticing(store.access, notice) },
    async check() {
      const found = await store.readSchemaVersion();
      if (found > store.schemaVersion) {
        throw new MillraceError("LEDGER_NEWER", { location, found, known: store.schemaVersion });
      }
      if (!isInDoubt) return;
      await store.tryWriting();
      isInDoubt = false;
    },
  };
}

/** The same methods; what they reject with is told. */
function noticing<Methods extends object>(methods: Methods, notice: (error: unknown) => void): Methods {
  const entries = Object.entries(methods).map(([name, method]: [string, unknown]) => {
    if (typeof method !== "function") return [name, method];
    const noticed = (...args: readonly unknown[]): unknown => {
      const answer: unknown = Reflect.apply(method, methods, args);
      if (answer instanceof Promise) answer.catch(notice);
      return answer;
    };
    return [name, noticed];
  });
  return Object.fromEntries(entries) as Methods;
}

import { type TransactionScope, type TransactionSpec } from "../contract/runtime.ts";
import { requireContext } from "./runtime.ts";

export interface TransactionOptions {
  /** Commits at most once under this key, in any run of the ledger: `tx.committed` tells that it was done before. */
  readonly key?: string;
  /** `serializable` lets one transaction of a key at a time run; the others wait. Default `read-committed`. */
  readonly isolation?: TransactionSpec["isolation"];
  /** `lazy` commits with the outermost transaction, `eager` at the end of this one. Default `lazy`. */
  readonly commit?: TransactionSpec["commit"];
}

type Body<T> = (tx: TransactionScope) => Promise<T> | T;

/**
 * Groups tasks whose effects belong together, and gives back the body's value. When the body throws, the `onRollback` hooks
 * of what has completed in it run, newest first, and the error goes on; else the `onCommit` hooks run, oldest first.
 *
 * @example await transaction({ key: "load-2026-11-22" }, async (tx) => { if (!tx.committed) await load(await extract()); });
 * @throws CONTEXT_MISSING outside a run; TRANSACTION_LOST when another has committed the key first; what the body or a commit hook throws
 */
export function transaction<T>(body: Body<T>): Promise<T>;
export function transaction<T>(options: TransactionOptions, body: Body<T>): Promise<T>;
export async function transaction<T>(first: TransactionOptions | Body<T>, second?: Body<T>): Promise<T> {
  const [options, body] = typeof first === "function" ? [{}, first] : [first, second];
  if (body === undefined) throw new TypeError("transaction(): the last argument must be a function");
  return requireContext("transaction()", "flow or task").runtime.transaction(withoutUndefined(options), body);
}

function withoutUndefined({ key, isolation, commit }: TransactionOptions): TransactionSpec {
  return {
    ...(key === undefined ? {} : { key }),
    ...(isolation === undefined ? {} : { isolation }),
    ...(commit === undefined ? {} : { commit }),
  };
}

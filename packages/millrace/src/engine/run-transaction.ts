/**
 * Runs the body of a transaction and decides its end. Its begin (was its key committed before?), its commit and its rollback
 * are recorded steps, so that a resumed run decides as the first time and runs no hook twice.
 */

import { MillraceError } from "../contract/errors.ts";
import {
  brands,
  type ReturnedState,
  type StepSpec,
  type TransactionScope,
  type TransactionSpec,
} from "../contract/runtime.ts";
import { hashText } from "../kit/digest.ts";
import type { ActiveRun } from "./active-run.ts";
import type { CacheLookup } from "./caching.ts";
import { contextStorage, type ExecutionContext } from "./context.ts";
import type { Engine } from "./engine.ts";
import { StepWork } from "./steps.ts";
import { isForLater, messageOf } from "./outcome.ts";
import { decodeResult } from "./results.ts";
import { TransactionState } from "./transactions.ts";

interface Begin {
  readonly committed: boolean;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Ends with the body around it: what that leaves open when it ends, or is given up, is rolled back then, whatever the
 * transaction's own code still waits for.
 */
export function runTransaction<T>(
  engine: Engine,
  context: ExecutionContext,
  spec: TransactionSpec,
  body: (scope: TransactionScope) => Promise<T> | T,
): Promise<T> {
  const closed = Promise.withResolvers<never>();
  const givenUp = Promise.withResolvers<void>();
  closed.promise.catch(() => undefined);
  const value = perform(engine, context, { spec, body, closed: closed.promise });
  const ended = value.then(nothing, nothing);
  context.transaction?.started(ended);
  context.scope.open({
    ended: Promise.race([ended, givenUp.promise]),
    close(reason) {
      closed.reject(reason ?? new MillraceError("RUN_ENDED", { api: "transaction()", reason: "" }));
      if (reason === undefined) return;
      // A body that was given up is not held for ever by hooks that do not end.
      const timer = engine.clock.setTimer(engine.ports.limits.graceMs, givenUp.resolve, { background: true });
      void ended.then(timer.cancel);
    },
  });
  return value;
}

const nothing = (): void => undefined;

interface Performance<T> {
  readonly spec: TransactionSpec;
  readonly body: (scope: TransactionScope) => Promise<T> | T;
  /** Rejects when the body around has ended. */
  readonly closed: Promise<never>;
}

async function perform<T>(
  engine: Engine,
  context: ExecutionContext,
  { spec, body, closed }: Performance<T>,
): Promise<T> {
  const parent = context.transaction;
  const release = await lock(engine, context, spec);
  try {
    const begin = await readBegin(engine, context, spec);
    const committedValues = begin?.committed === true ? new Map(Object.entries(begin.values)) : null;
    const tx = new TransactionState({ key: spec.key ?? null, parent, committedValues });
    const name = createName(tx, context);
    // Within the commit around it, if there is one: beside it, a record of this commit alone would look like drift.
    const commit = (): Promise<unknown> =>
      recordCommit(engine, contextStorage.getStore() ?? context, { spec, stepKey: spec.key ?? name(), tx });
    try {
      const inside = contextStorage.run(context.with({ transaction: tx }), async () => body(tx));
      const value = await Promise.race([inside, closed]);
      await tx.settled();
      // Code that ignored that it was stopped has nothing to commit: its run is over, or goes on elsewhere.
      if (context.scope.isClosed) throw new MillraceError("RUN_ENDED", { api: "transaction()", reason: "" });
      if (parent !== null && spec.commit !== "eager") {
        const member = { commit, rollback: () => rollBack(context, tx), markRolledBack: async () => undefined };
        parent.join(`${context.scope.path}/${name()}`, member);
      } else {
        await commit();
      }
      return value;
    } catch (error) {
      // What still runs may complete, and would have to be undone too.
      await tx.settled();
      if (!isForLater(error) && !isForLater(stopReasonOf(context)))
        await recordRollback(engine, context, { stepKey: spec.key ?? name(), tx });
      throw error;
    }
  } finally {
    await release();
  }
}

/**
 * What makes a transaction without a key the same after a resume: the first call made in it. Its place among the transactions
 * of its body would not do, as branches that run together come in another order then; only one without calls has nothing else.
 */
function createName(tx: TransactionState, { scope }: ExecutionContext): () => string {
  let name: string | null = null;
  return () => {
    const { firstCall, depth } = tx;
    name ??= firstCall === null ? scope.next("transaction") : `${hashText(firstCall).slice(0, 16)}.${depth}`;
    return name;
  };
}

/** Why the run around was stopped, if it was: its code may have been told so by another error, or have ignored it. */
function stopReasonOf({ run }: ExecutionContext): unknown {
  return (run as ActiveRun | null)?.stopReason?.error;
}

async function rollBack(context: ExecutionContext, tx: TransactionState): Promise<void> {
  for (const problem of await tx.rollback()) {
    context.write("error", `A rollback hook failed: ${messageOf(problem)}`, undefined, "millrace.transactions");
  }
}

async function lock(engine: Engine, context: ExecutionContext, spec: TransactionSpec): Promise<() => Promise<void>> {
  if (spec.key === undefined || spec.isolation !== "serializable") return async () => undefined;
  const name = `transaction:${spec.key}`;
  const holder = engine.newId();
  const onWait = (): void =>
    context.write("info", `Waiting for another transaction of \`${spec.key}\``, undefined, "millrace.transactions");
  await engine.slots.acquire({ name, limit: 1 }, { holder, signal: context.signal, onWait });
  return () => engine.slots.release(name, holder);
}

function cacheKeyOf(key: string): string {
  return `transaction|${key}`;
}

/** What an earlier transaction of the key has set; null without a key. */
async function readBegin(engine: Engine, context: ExecutionContext, { key }: TransactionSpec): Promise<Begin | null> {
  if (key === undefined) return null;
  const run = async (): Promise<Begin> => {
    const entry = await engine.ports.api.readCacheEntry(cacheKeyOf(key));
    if (entry === null) return { committed: false, values: {} };
    return { committed: true, values: (await decodeResult(entry.result, {}, engine.ports)) as Begin["values"] };
  };
  return (await step(engine, context, { kind: "value", name: "transaction-begin", key, run })) as Begin;
}

function recordCommit(
  engine: Engine,
  context: ExecutionContext,
  { spec, stepKey, tx }: { readonly spec: TransactionSpec; readonly stepKey: string; readonly tx: TransactionState },
): Promise<unknown> {
  const run = async (): Promise<unknown> => {
    await tx.commit();
    return keptValues(engine, context, tx);
  };
  const key = spec.key === undefined || tx.committed ? null : cacheKeyOf(spec.key);
  const spent: StepSpec = { kind: "value", name: "transaction", key: stepKey, run };
  return step(engine, context, spent, key === null ? null : async () => missOf(key));
}

/** The values that can be kept; of the others it is told. That the transaction was committed is kept in any case. */
function keptValues(engine: Engine, context: ExecutionContext, { values }: TransactionState): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of values) {
    try {
      engine.encode(value);
      kept[name] = value;
    } catch (error) {
      const message = `The value \`${name}\` of a transaction is not kept: ${messageOf(error)}`;
      context.write("warn", message, undefined, "millrace.transactions");
    }
  }
  return kept;
}

/** As what it undid it is RolledBack: a retry, which does that again, may have to undo it again. */
const rolledBack: ReturnedState = { [brands.state]: true, type: "COMPLETED", name: "RolledBack" };

function recordRollback(
  engine: Engine,
  context: ExecutionContext,
  { stepKey, tx }: { readonly stepKey: string; readonly tx: TransactionState },
): Promise<unknown> {
  const run = async (): Promise<unknown> => {
    await rollBack(context, tx);
    return rolledBack;
  };
  return step(engine, context, { kind: "value", name: "transaction-rollback", key: stepKey, run });
}

/** A keyed commit keeps its values under the key, as a computed task keeps its result in the cache. */
function missOf(key: string): CacheLookup {
  return { key, reason: "ran", detail: null, keepMs: null, hit: null, release: async () => undefined };
}

function step(
  engine: Engine,
  context: ExecutionContext,
  spec: StepSpec,
  lookUp: (() => Promise<CacheLookup>) | null = null,
): Promise<unknown> {
  const work = new StepWork(engine, spec, context.tags, lookUp);
  return engine.callStep(context, { name: spec.name, key: spec.key, work }).done;
}

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
import { commitOnce, readCommitted, undoCommit } from "./commit-once.ts";
import { contextStorage, type ExecutionContext } from "./context.ts";
import type { Engine } from "./engine.ts";
import { StepWork } from "./steps.ts";
import { isForLater, messageOf } from "./outcome.ts";
import { decodeResult } from "./results.ts";
import type { TaskExecution } from "./task-run.ts";
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
    const tx = new TransactionState({ key: spec.key ?? null, parent });
    // Its beginning has a part in it: where it is rolled back, another may have committed the key when it is tried again.
    const begin = await readBegin(engine, context, tx);
    if (begin?.committed === true) tx.wasCommitted(begin.values);
    const name = createName(tx, context);
    let undo: (() => Promise<void>) | null = null;
    // Within the commit around it, if there is one: beside it, a record of this commit alone would look like drift.
    const commit = async (): Promise<void> => {
      undo = await recordCommit(engine, contextStorage.getStore() ?? context, {
        spec,
        stepKey: spec.key ?? name(),
        tx,
      });
    };
    try {
      const inside = contextStorage.run(context.with({ transaction: tx }), async () => body(tx));
      const value = await Promise.race([inside, closed]);
      await tx.settled();
      // Code that ignored that it was stopped has nothing to commit: its run is over, or goes on elsewhere.
      if (context.scope.isClosed) throw new MillraceError("RUN_ENDED", { api: "transaction()", reason: "" });
      if (parent !== null && spec.commit !== "eager") {
        const rollback = async (): Promise<void> => {
          await undo?.();
          await rollBack(context, tx);
        };
        const member = { commit, rollback, markRolledBack: async () => undefined };
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
  // One within another of its key would wait for its own end.
  if (context.transaction?.holdsKey(spec.key) === true) return async () => undefined;
  const name = `transaction:${spec.key}`;
  const holder = engine.newId();
  const { key } = spec;
  const onWait = (): void => tellOfWait(context, key);
  await engine.slots.acquire({ name, limit: 1 }, { holder, signal: context.signal, onWait });
  return () => engine.slots.release(name, holder);
}

function tellOfWait(context: ExecutionContext, key: string): void {
  context.write("info", `Waiting for another transaction of \`${key}\``, undefined, "millrace.transactions");
}

/** What an earlier transaction of the key has set; null without a key. */
async function readBegin(engine: Engine, context: ExecutionContext, tx: TransactionState): Promise<Begin | null> {
  const { key } = tx;
  if (key === null) return null;
  const run = async (): Promise<Begin> => {
    const entry = await readCommitted(engine, key);
    if (entry === null) return { committed: false, values: {} };
    return { committed: true, values: (await decodeResult(entry.result, {}, engine.ports)) as Begin["values"] };
  };
  return (await step(engine, context, { kind: "value", name: "transaction-begin", key, run }, tx).done) as Begin;
}

/** Commits, once; with what is around it, it may be rolled back all the same. Gives what takes back that its key was committed, or null without a key of its own. */
async function recordCommit(
  engine: Engine,
  context: ExecutionContext,
  { spec, stepKey, tx }: { readonly spec: TransactionSpec; readonly stepKey: string; readonly tx: TransactionState },
): Promise<(() => Promise<void>) | null> {
  const commit = async (): Promise<unknown> => {
    await tx.commit();
    return keptValues(engine, context, tx);
  };
  const { key } = spec;
  // What is committed with one around it that has its key is a part of that one.
  if (key === undefined || tx.committed || tx.isWithin(key)) {
    await step(engine, context, { kind: "value", name: "transaction", key: stepKey, run: commit }, tx).done;
    return null;
  }
  // One that commits within another's commit holds what that one does: it does not wait for who may wait for it.
  const mayWait = tx.depth === 0 || spec.commit === "eager";
  const onWait = (): void => tellOfWait(context, key);
  const run: StepSpec["run"] = ({ taskRunId, signal }) =>
    commitOnce(engine, { key, taskRunId, signal, mayWait, commit, onWait });
  const { id, done } = step(engine, context, { kind: "value", name: "transaction", key: stepKey, run }, tx);
  await done;
  return () => undoCommit(engine, { key, taskRunId: id });
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
  return step(engine, context, { kind: "value", name: "transaction-rollback", key: stepKey, run }).done;
}

function step(
  engine: Engine,
  context: ExecutionContext,
  spec: StepSpec,
  joins: TransactionState | null = null,
): TaskExecution {
  const work = new StepWork(engine, spec, context.tags, joins);
  return engine.callStep(context, { name: spec.name, key: spec.key, work });
}

/** Transactions: hooks that run together when a group of tasks is done, or are undone together when it fails. */

import type { TransactionScope } from "../contract/runtime.ts";

/** A task that completed inside a transaction and has a say in its end. */
export interface TransactionMember {
  commit?: (() => unknown) | undefined;
  rollback?: (() => unknown) | undefined;
  /** True when its effect was undone before this process took the run up. */
  isRolledBack?: () => boolean;
  /** Records that its effect was undone. */
  markRolledBack(): Promise<unknown>;
}

export class TransactionState implements TransactionScope {
  readonly key: string | null;
  /** 0 for one in no other. */
  readonly depth: number;
  readonly #parent: TransactionState | null;
  readonly #values = new Map<string, unknown>();
  #committed = false;
  /** By what they are: a body that is tried again brings the members of its last attempt again. */
  readonly #members = new Map<string, TransactionMember>();
  readonly #running = new Set<Promise<unknown>>();
  #firstCall: string | null = null;

  constructor(options: { readonly key: string | null; readonly parent: TransactionState | null }) {
    this.key = options.key;
    this.depth = options.parent === null ? 0 : options.parent.depth + 1;
    this.#parent = options.parent;
  }

  get committed(): boolean {
    return this.#committed;
  }

  /** Another has committed its key, with these values. */
  wasCommitted(values: Readonly<Record<string, unknown>>): void {
    this.#committed = true;
    for (const [name, value] of Object.entries(values)) this.#values.set(name, value);
  }

  /** It, or one around it, has this key. */
  holdsKey(key: string): boolean {
    return this.key === key || this.isWithin(key);
  }

  /** One around it has this key. */
  isWithin(key: string): boolean {
    return this.#parent?.holdsKey(key) ?? false;
  }

  /** A value set here or in an enclosing transaction. */
  get(name: string): unknown {
    return this.#values.has(name) ? this.#values.get(name) : this.#parent?.get(name);
  }

  set(name: string, value: unknown): void {
    this.#values.set(name, value);
  }

  get values(): ReadonlyMap<string, unknown> {
    return this.#values;
  }

  onCommit(hook: () => unknown): void {
    this.#joinHook({ commit: hook });
  }

  onRollback(hook: () => unknown): void {
    this.#joinHook({ rollback: hook });
  }

  #joinHook(hooks: Pick<TransactionMember, "commit" | "rollback">): void {
    this.join(`hook ${this.#members.size}`, { ...hooks, markRolledBack: async () => undefined });
  }

  /** The newest of an id counts. */
  join(id: string, member: TransactionMember): void {
    this.#members.delete(id);
    this.#members.set(id, member);
  }

  /** The path of the first call that was made in it, or in one inside of it. */
  get firstCall(): string | null {
    return this.#firstCall;
  }

  /** A call was made in it, which may become a member until it has ended. */
  call({ path, done }: { readonly path: string; readonly done: Promise<unknown> }): void {
    this.noteCall(path);
    this.started(done);
  }

  /** It was made in this one, or in one inside of it. */
  noteCall(path: string): void {
    this.#firstCall ??= path;
    this.#parent?.noteCall(path);
  }

  /** Something that it does not end before. */
  started(done: Promise<unknown>): void {
    this.#running.add(done);
    const end = (): void => void this.#running.delete(done);
    done.then(end, end);
  }

  /** Resolves when every call that was made in it has ended. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  /** Runs the commit hooks, oldest first. A hook that throws stops the commit: the transaction rolls back. */
  async commit(): Promise<void> {
    for (const member of this.#members.values()) await member.commit?.();
  }

  /** Runs the rollback hooks, newest first; all of them, whatever one throws. Returns what was thrown. */
  async rollback(): Promise<readonly unknown[]> {
    const problems: unknown[] = [];
    for (const member of [...this.#members.values()].toReversed()) {
      if (member.isRolledBack?.() === true) continue;
      try {
        await member.rollback?.();
      } catch (error) {
        problems.push(error);
      }
      await member.markRolledBack();
    }
    return problems;
  }
}

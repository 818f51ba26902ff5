/**
 * Long work that waits only for promises which are settled already (a database in this process answers at once) never lets
 * its event loop go. What is awaited here before each step does: once the turn has lasted for a while the step comes in a later
 * one, and of several that wait one comes in each turn.
 */

import type { Clock } from "./clock.ts";

export type LetOthers = () => Promise<void>;

/** How long a turn of the event loop may go on before the next step has to wait, in ms. */
const turnMs = 4;

export function createLetOthers(clock: Pick<Clock, "monotonic">): LetOthers {
  const waiting: (() => void)[] = [];
  /** When the turn that goes on was first asked in; null before anything was. */
  let beganAt: number | null = null;

  function nextTurn(): void {
    beganAt = null;
    const resolve = waiting.shift();
    if (resolve === undefined) return;
    begin();
    resolve();
  }

  function begin(): void {
    beganAt = clock.monotonic();
    setImmediate(nextTurn);
  }

  return () => {
    if (beganAt === null) begin();
    else if (waiting.length > 0 || clock.monotonic() - beganAt > turnMs) {
      return new Promise((resolve) => void waiting.push(resolve));
    }
    return Promise.resolve();
  };
}

/** The same object, whose methods let others go first. Each of them has to return a promise. */
export function lettingOthers<T extends object>(target: T, letOthers: LetOthers): T {
  return new Proxy(target, {
    get(on, name) {
      const member: unknown = Reflect.get(on, name);
      if (typeof member === "object" && member !== null) return lettingOthers(member, letOthers);
      if (typeof member !== "function") return member;
      return async (...args: readonly unknown[]): Promise<unknown> => {
        await letOthers();
        return Reflect.apply(member, on, args);
      };
    },
  });
}

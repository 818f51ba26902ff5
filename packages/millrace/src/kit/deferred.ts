/** A promise that is settled from outside. */

export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly isSettled: boolean;
  /** The first of `resolve` and `reject` counts; what comes later does nothing. */
  resolve(value: T | PromiseLike<T>): void;
  reject(reason: unknown): void;
}

export function createDeferred<T = void>(): Deferred<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  let isSettled = false;
  return {
    promise,
    get isSettled() {
      return isSettled;
    },
    resolve(value) {
      isSettled = true;
      resolve(value);
    },
    reject(reason) {
      isSettled = true;
      reject(reason);
    },
  };
}

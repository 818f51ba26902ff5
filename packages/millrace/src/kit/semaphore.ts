/** Lets a limited number of holders go on at once; the rest wait in the order they came. */

/** Who waits for a turn without a promise. */
export interface Entrant {
  /** It is its turn; it releases the semaphore when it leaves. */
  enter(semaphore: Semaphore): void;
}

interface Waiter {
  readonly entrant: Entrant;
  previous: Waiter | null;
  next: Waiter | null;
}

const entered = Promise.resolve();

export class Semaphore {
  #limit: number;
  #held = 0;
  #waiting = 0;
  #first: Waiter | null = null;
  #last: Waiter | null = null;

  /** `limit` is a whole number of at least 0, or Infinity. */
  constructor(limit: number) {
    this.#limit = checkLimit(limit);
  }

  get limit(): number {
    return this.#limit;
  }

  /** A higher limit lets waiters in at once; a lower one takes nothing away from those who hold. */
  set limit(limit: number) {
    this.#limit = checkLimit(limit);
    this.#admit();
  }

  /** How many hold now. */
  get held(): number {
    return this.#held;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Enters, or waits for its turn. Rejects with the signal's reason when it is aborted while waiting. */
  acquire(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    if (this.tryAcquire()) return entered;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#remove(waiter);
        reject(signal?.reason);
      };
      const waiter: Waiter = {
        entrant: {
          enter: () => {
            signal?.removeEventListener("abort", onAbort);
            resolve();
          },
        },
        previous: this.#last,
        next: null,
      };
      this.#add(waiter);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Lets `entrant` enter when it is its turn: at once, or once others have left. For many waiters: costs no promise. */
  enqueue(entrant: Entrant): void {
    if (this.tryAcquire()) entrant.enter(this);
    else this.#add({ entrant, previous: this.#last, next: null });
  }

  /** Enters if nobody has to wait. */
  tryAcquire(): boolean {
    if (this.#held >= this.#limit || this.#waiting > 0) return false;
    this.#held++;
    return true;
  }

  /** Leaves: the next waiter enters. */
  release(): void {
    if (this.#held === 0) throw new Error("Semaphore.release() was called more often than acquire()");
    this.#held--;
    this.#admit();
  }

  /** Runs `body` while holding. */
  async run<T>(body: () => T, signal?: AbortSignal): Promise<Awaited<T>> {
    await this.acquire(signal);
    try {
      return await body();
    } finally {
      this.release();
    }
  }

  #admit(): void {
    while (this.#first !== null && this.#held < this.#limit) {
      const waiter = this.#first;
      this.#remove(waiter);
      this.#held++;
      waiter.entrant.enter(this);
    }
  }

  #add(waiter: Waiter): void {
    if (this.#last === null) this.#first = waiter;
    else this.#last.next = waiter;
    this.#last = waiter;
    this.#waiting++;
  }

  #remove(waiter: Waiter): void {
    if (waiter.previous === null) this.#first = waiter.next;
    else waiter.previous.next = waiter.next;
    if (waiter.next === null) this.#last = waiter.previous;
    else waiter.next.previous = waiter.previous;
    this.#waiting--;
  }
}

function checkLimit(limit: number): number {
  if (limit === Number.POSITIVE_INFINITY || (Number.isInteger(limit) && limit >= 0)) return limit;
  throw new RangeError(`A limit is a whole number of at least 0, and ${limit} is not`);
}

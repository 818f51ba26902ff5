/**
 * What goes on of what one body has called: which calls are under way, and how many bodies work. One that waits for what it has
 * called does not, so that a test's clock may move on to when that goes on.
 */
export class NestedWork {
  readonly #rootId: number;
  readonly #tell: (change: number) => void;
  /** Calls under way, with the id of who has called each. */
  readonly #callers = new Map<number, number>();
  /** How many calls are under way of each that has called any. */
  readonly #waiting = new Map<number, number>();
  /** Bodies that run, by their ids, without the one that all others are called from. */
  readonly #bodies = new Set<number>();
  /** Of these, those that were told to stop: nobody waits for them. */
  readonly #givenUp = new Set<number>();
  /** Those that go on, but wait for what they have called. */
  readonly #resting = new Set<number>();
  /** Hooks and the like that run. */
  readonly #asides = new Set<number>();
  #hasRootEnded = false;
  #isClosed = false;
  #told = 0;

  /** @param tell of a change of the number of bodies that work; the one that all others are called from is counted elsewhere */
  constructor(rootId: number, tell: (change: number) => void) {
    this.#rootId = rootId;
    this.#tell = tell;
  }

  /** No call is under way, and no hook runs. A body that was given up may. */
  get isIdle(): boolean {
    return this.#callers.size === 0 && this.#asides.size === 0;
  }

  /** A body that was told to stop still runs. */
  get hasGivenUp(): boolean {
    return this.#givenUp.size > 0;
  }

  get underWay(): Iterable<number> {
    return this.#callers.keys();
  }

  isUnderWay(nest: number): boolean {
    return this.#callers.has(nest);
  }

  call(caller: number, nest: number): void {
    this.#callers.set(nest, caller);
    this.#waiting.set(caller, (this.#waiting.get(caller) ?? 0) + 1);
    this.#tellChange(caller);
  }

  settle(nest: number): void {
    const caller = this.#callers.get(nest);
    if (caller === undefined) return;
    this.#callers.delete(nest);
    const left = (this.#waiting.get(caller) ?? 0) - 1;
    if (left > 0) this.#waiting.set(caller, left);
    else this.#waiting.delete(caller);
    this.#tellChange(caller);
  }

  begin(id: number, isBody: boolean): void {
    (isBody ? this.#bodies : this.#asides).add(id);
    this.#tellChange(id);
  }

  giveUp(id: number): void {
    if (this.#bodies.has(id)) this.#givenUp.add(id);
    this.#tellChange(id);
  }

  end(id: number): void {
    for (const each of [this.#bodies, this.#asides, this.#givenUp]) each.delete(id);
    this.#tellChange(id);
  }

  bodyEnded(): void {
    this.#hasRootEnded = true;
    this.#tellChange(this.#rootId);
  }

  /** Nothing of it counts any more. */
  close(): void {
    this.#tell(-this.#told);
    this.#told = 0;
    this.#isClosed = true;
  }

  /** Looks at no other than the one that something has happened to: thousands may wait. */
  #tellChange(id: number): void {
    if (this.#isClosed) return;
    if (this.#isResting(id)) this.#resting.add(id);
    else this.#resting.delete(id);
    const working = this.#bodies.size + this.#asides.size - this.#givenUp.size - this.#resting.size;
    if (working !== this.#told) this.#tell(working - this.#told);
    this.#told = working;
  }

  /** It goes on, but waits for what it has called. */
  #isResting(id: number): boolean {
    if (!this.#waiting.has(id) || this.#givenUp.has(id)) return false;
    return id === this.#rootId ? !this.#hasRootEnded : this.#bodies.has(id) || this.#asides.has(id);
  }
}

/** First come, first served; what leaves from the middle is dropped when its turn comes. */
export class CallQueue<T extends { readonly isWaiting: boolean }> {
  #items: (T | undefined)[] = [];
  #head = 0;
  #size = 0;

  /** How many wait, those that have left not counted. */
  get size(): number {
    return this.#size;
  }

  add(item: T): void {
    this.#items.push(item);
    this.#size++;
  }

  /** To be called once for each item that stops waiting by itself. */
  noteLeft(): void {
    this.#size--;
    // Items that left in masses do not stay until the queue moves.
    if (this.#items.length - this.#head > 2 * this.#size + 64) this.#compact();
  }

  take(): T | null {
    while (this.#head < this.#items.length) {
      const item = this.#items[this.#head];
      this.#items[this.#head++] = undefined;
      if (this.#head > 1_024 && this.#head * 2 > this.#items.length) this.#compact();
      if (item?.isWaiting !== true) continue;
      this.#size--;
      return item;
    }
    this.#compact();
    return null;
  }

  #compact(): void {
    this.#items = this.#items.slice(this.#head).filter((item) => item?.isWaiting === true);
    this.#head = 0;
  }
}

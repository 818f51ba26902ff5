/** Resolves in the next turn of the event loop: what waits for this one goes first. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

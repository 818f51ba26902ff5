import { expect, test } from "vitest";
import { CallQueue } from "./call-queue.ts";

const item = (id: number): { id: number; isWaiting: boolean } => ({ id, isWaiting: true });

test("gives first what came first, and passes over what has left", () => {
  const queue = new CallQueue<ReturnType<typeof item>>();
  const items = Array.from({ length: 5_000 }, (_, id) => item(id));
  for (const next of items) queue.add(next);
  for (const next of items.filter(({ id }) => id % 3 === 0)) {
    next.isWaiting = false;
    queue.noteLeft();
  }
  const taken: number[] = [];
  for (let next = queue.take(); next !== null; next = queue.take()) {
    taken.push(next.id);
    expect(queue.size).toBe(items.length - Math.ceil(items.length / 3) - taken.length);
  }
  expect(taken).toEqual(items.map(({ id }) => id).filter((id) => id % 3 !== 0));
  queue.add(item(7));
  expect(queue.take()?.id).toBe(7);
  expect(queue.take()).toBe(null);
  expect(queue.size).toBe(0);
});

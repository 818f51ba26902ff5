import { expect, test } from "vitest";
import { lastTop, maxHeight, toHeight, toReveal, toScrollTop, toTopRow } from "./scroll-map.ts";

test("without a clamp a row is 20 px", () => {
  const size = { rowCount: 1000, viewHeight: 400 };
  expect(toHeight(size)).toBe(20_000);
  expect(toTopRow(size, 200)).toBeCloseTo(10);
  expect(toScrollTop(size, 10)).toBeCloseTo(200);
});

test("ten million rows are reached to the last, and back", () => {
  const size = { rowCount: 10_000_000, viewHeight: 700 };
  expect(toHeight(size)).toBe(maxHeight);
  expect(toTopRow(size, maxHeight - 700)).toBe(lastTop(size));
  expect(toTopRow(size, toScrollTop(size, 1_234_567))).toBeCloseTo(1_234_567, 3);
});

test("what fits does not scroll", () => {
  const size = { rowCount: 5, viewHeight: 400 };
  expect(toTopRow(size, 0)).toBe(0);
  expect(toScrollTop(size, 3)).toBe(0);
});

test("a row comes into view by as little as that takes", () => {
  const size = { rowCount: 1000, viewHeight: 400 };
  expect(toReveal(size, 100, 110)).toBe(100);
  expect(toReveal(size, 100, 120)).toBe(101);
  expect(toReveal(size, 100, 99)).toBe(99);
  expect(toReveal(size, 100, 500)).toBeCloseTo(500 - 20 / 3);
  expect(toReveal(size, 100, 999)).toBe(980);
});

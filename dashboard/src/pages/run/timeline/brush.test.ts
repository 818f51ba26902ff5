import { expect, test } from "vitest";
import { centredOn, dragTo, gripAt, type Minimap } from "./brush.ts";

const extent = { from: 0, to: 10_000 };
/** A pixel is 10 ms. */
const whole: Minimap = { extent, window: { from: 0, to: 10_200 }, width: 1000 };
const zoomed: Minimap = { extent, window: { from: 2000, to: 4000 }, width: 1000 };

const drag = (map: Minimap, from: number, to: number) =>
  dragTo({ kind: gripAt(map, from), x: from, window: map.window }, map, to);

test("a window is drawn, from either side, where there was none or beside the one there is", () => {
  expect(drag(whole, 300, 500)).toEqual({ from: 3000, to: 5000 });
  expect(drag(whole, 500, 300)).toEqual({ from: 3000, to: 5000 });
  expect(drag(zoomed, 600, 700)).toEqual({ from: 6000, to: 7000 });
  expect(drag(whole, 900, 5000)).toEqual({ from: 9000, to: 10_000 });
});

test("its edges are moved, and do not pass each other", () => {
  expect(drag(zoomed, 203, 100)).toEqual({ from: 1000, to: 4000 });
  expect(drag(zoomed, 396, 800)).toEqual({ from: 2000, to: 8000 });
  expect(drag(zoomed, 200, 900)).toEqual({ from: 3960, to: 4000 });
  expect(drag(zoomed, 400, 0)).toEqual({ from: 2000, to: 2040 });
});

test("it is moved as it is, and stays within the run", () => {
  expect(drag(zoomed, 300, 350)).toEqual({ from: 2500, to: 4500 });
  expect(drag(zoomed, 300, -500)).toEqual({ from: 0, to: 2000 });
  expect(drag(zoomed, 300, 5000)).toEqual({ from: 8000, to: 10_000 });
});

test("a press that draws nothing puts its place into the middle, closer where all is shown", () => {
  expect(drag(whole, 300, 302)).toBeNull();
  expect(centredOn(whole, 500)).toEqual({ from: 3750, to: 6250 });
  expect(centredOn(whole, 0)).toEqual({ from: 0, to: 2500 });
  expect(centredOn(zoomed, 700)).toEqual({ from: 6000, to: 8000 });
});

test("of two edges that are close to each other the nearer one is taken", () => {
  const narrow: Minimap = { extent, window: { from: 2000, to: 2040 }, width: 1000 };
  expect(gripAt(narrow, 199)).toBe("from");
  expect(gripAt(narrow, 205)).toBe("to");
});

import { expect, test } from "vitest";
import { createDrawnArea } from "./drawn-area.ts";
import { createScreen } from "./screen.testsuite.ts";

function start(columns = 20) {
  const screen = createScreen({ columns });
  const area = createDrawnArea(screen, (text) => void screen.write(text));
  /** What a program writes by itself. */
  const foreign = (text: string): void => {
    area.beforeForeign();
    screen.write(text);
    area.afterForeign(text);
  };
  return { screen, area, foreign };
}

test("lines are drawn over the old ones; nothing is written when they are the same", () => {
  const { screen, area } = start();
  area.draw(["one", "two", "three"], "");
  area.draw(["ONE"], "");
  expect(screen.lines()).toEqual(["ONE", ""]);
  const { length } = screen.writes;
  area.draw(["ONE"], "");
  expect(screen.writes).toHaveLength(length);
});

test("what is printed above stays", () => {
  const { screen, area } = start();
  area.draw(["tree"], "");
  area.draw(["tree"], "log 1\n");
  area.draw(["tree 2"], "log 2\n");
  area.erase("end\n");
  expect(screen.lines()).toEqual(["log 1", "log 2", "end", ""]);
});

test("a program's own lines are above the drawing, whole", () => {
  const { screen, area, foreign } = start();
  area.draw(["tree"], "");
  foreign("user 1\n");
  area.draw(["tree"], "");
  foreign("user 2\nuser 3\n");
  area.draw(["tree"], "");
  expect(screen.lines()).toEqual(["user 1", "user 2", "user 3", "tree", ""]);
});

test("a line that a program has not ended is gone on with where it was", () => {
  const { screen, area, foreign } = start();
  area.draw(["tree"], "");
  foreign("loading");
  area.draw(["tree"], "");
  expect(screen.lines()).toEqual(["loading", "tree", ""]);
  foreign(" .");
  area.draw(["tree"], "");
  foreign(" done\n");
  area.draw(["tree"], "log\n");
  expect(screen.lines()).toEqual(["loading . done", "log", "tree", ""]);
});

test("an unfinished line is ended before something is printed above", () => {
  const { screen, area, foreign } = start();
  foreign("50%");
  area.draw(["tree"], "");
  area.draw(["tree"], "log\n");
  expect(screen.lines()).toEqual(["50%", "log", "tree", ""]);
});

test("lines that were drawn on a wider terminal are taken away whole", () => {
  const { screen, area } = start(40);
  area.draw(["x".repeat(39), "y"], "");
  const narrow = createScreen({ columns: 20 });
  for (const text of screen.writes) narrow.write(text);
  const resized = createDrawnArea(narrow, (text) => void narrow.write(text));
  resized.draw(["x".repeat(39), "y"], "");
  resized.erase("");
  expect(narrow.lines().filter((line) => line !== "")).toEqual(["x".repeat(20), "x".repeat(19), "y"]);
  expect(area.isDrawn).toBe(true);
});

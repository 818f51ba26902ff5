import { expect, test } from "vitest";
import { toFrameHeight } from "./frame-height.ts";

test("a few lines get a low frame, and more of them a taller one", () => {
  const short = toFrameHeight("<h1>Sales</h1><p>A page of its own, <b>without scripts</b>.</p>");
  const longer = toFrameHeight(`<h1>Sales</h1>${"<p>A line</p>".repeat(4)}`);
  expect(short).toBeLessThan(200);
  expect(longer).toBeGreaterThan(short);
});

test("a frame is never too low to be taken hold of, nor taller than there is room for", () => {
  expect(toFrameHeight("")).toBe(96);
  expect(toFrameHeight("<p>line</p>".repeat(500))).toBe(384);
});

test.each([
  ["a picture", '<img src="data:image/png;base64,AA">'],
  ["a style sheet", "<style>p { margin: 9em }</style><p>x</p>"],
  ["a style of its own", '<p style="padding: 9em">x</p>'],
  ["a drawing", "<svg></svg>"],
])("%s may be of any height, and gets all the room", (_, html) => {
  expect(toFrameHeight(html)).toBe(384);
});

test("a text of many lines in one paragraph counts by its length", () => {
  expect(toFrameHeight(`<p>${"word ".repeat(2000)}</p>`)).toBe(384);
});

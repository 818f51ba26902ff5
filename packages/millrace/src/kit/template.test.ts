import { expect, test } from "vitest";
import { fillTemplate } from "./template.ts";

const values = {
  seed: 7,
  flow: { name: "train", tags: ["a", "b"] },
  date: new Date(0),
  bad: new Date(Number.NaN),
  none: null,
  no: undefined,
  "a b": 1,
};

test.each([
  ["plain", "plain"],
  ["train-{seed}", "train-7"],
  ["{flow.name} of { date }", "train of 1970-01-01T00:00:00.000Z"],
  ["{bad} {none} {no} {a b}", "Invalid Date null undefined 1"],
  ["{flow.tags} {flow.tags.1}", '["a","b"] b'],
  ["{{seed}} {{{seed}}}", "{seed} {7}"],
])("%s", (template, text) => {
  expect(fillTemplate(template, values)).toBe(text);
});

test("what is put in is not filled again", () => {
  expect(fillTemplate("{a}", { a: "{b} $& {{" })).toBe("{b} $& {{");
});

test.each([
  ["{sed}", "no value for {sed}; known: seed, flow, date, bad, none, no, a b"],
  ["{flow.id}", "no value for {flow.id}; known in {flow}: name, tags"],
  ["{seed.x}", "nothing is known there"],
  ["{constructor}", "no value for {constructor}"],
  ["{flow.name.length}", "no value for"],
  ["{}", "no value for {}"],
  ["a } b", 'a single "}" at character 3; write "}}" for a brace'],
  ["{a", 'a single "{" at character 1'],
])("%s is refused", (template, message) => {
  expect(() => fillTemplate(template, values)).toThrow(RangeError);
  expect(() => fillTemplate(template, values)).toThrow(message);
});

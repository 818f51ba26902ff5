import { expect, test } from "vitest";
import { holdRows, peekRows } from "./held-rows.ts";

/** `b!` is `b` after a change. */
const rows = (text: string): readonly string[] => text.split(" ").filter((each) => each !== "");
const keyOf = (row: string): string => row.replace("!", "");
const hold = (shown: string, latest: string, deleted = "") => {
  const held = holdRows(
    { shown: rows(shown), latest: rows(latest) },
    { keyOf, isDeleted: (key) => rows(deleted).includes(key) },
  );
  return { ...held, rows: held.rows.join(" "), past: [...held.past].join(" ") };
};

test("what is new waits, wherever it would be, and what has changed changes in place", () => {
  expect(hold("c b a", "e d c b! a")).toEqual({ rows: "c b! a", past: "", waiting: 2, isMore: false });
  expect(hold("a c e", "a b c! d e")).toEqual({ rows: "a c! e", past: "", waiting: 2, isMore: false });
  // Another order is none.
  expect(hold("c b a", "a! c b")).toEqual({ rows: "c b a!", past: "", waiting: 0, isMore: false });
});

test("what is read beyond the end is put there", () => {
  expect(hold("c b", "d c b a z")).toEqual({ rows: "c b a z", past: "", waiting: 1, isMore: false });
  expect(hold("", "b a")).toEqual({ rows: "b a", past: "", waiting: 0, isMore: false });
});

test("what was pushed beyond the end by what is new stays", () => {
  expect(hold("c b a", "e d c")).toEqual({ rows: "c b a", past: "", waiting: 2, isMore: false });
  expect(hold("c b a", "g f e")).toEqual({ rows: "c b a", past: "", waiting: 3, isMore: true });
});

test("what is in the list no more stays where it was, and is told apart; what was deleted goes", () => {
  expect(hold("d c b a", "d b a")).toEqual({ rows: "d c b a", past: "c", waiting: 0, isMore: false });
  expect(hold("d c b a", "d a", "c b")).toEqual({ rows: "d a", past: "", waiting: 0, isMore: false });
  expect(hold("a", "", "a")).toEqual({ rows: "", past: "", waiting: 0, isMore: false });
});

test("of a list that is read no further its beginning is known", () => {
  const newest = rows("e d c b!");
  expect(peekRows({ read: rows("c b a"), newest }, keyOf)).toEqual({ rows: rows("c b! a"), waiting: 2, isMore: false });
  expect(peekRows({ read: rows("c b a"), newest: rows("f e") }, keyOf)).toMatchObject({ waiting: 2, isMore: true });
});

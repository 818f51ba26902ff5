import { describe, expect, test } from "vitest";
import { fromPrefectData, toPrefectData } from "./artifact-data.ts";

const columns = ["name", "rows"];
const rows = [
  ["Ada", 3],
  ["Grace", null],
];

describe("what a client sends", () => {
  test.each([
    ["a table of rows as text, spaced as Python does", "table", '[{"name": "Ada", "rows": 3}, {"name": "Grace"}]'],
    ["a table of rows", "table", [{ name: "Ada", rows: 3 }, { name: "Grace" }]],
    ["a table of columns", "table", { name: ["Ada", "Grace"], rows: [3] }],
  ])("as %s is a table of ours, and comes back as it was", (_, kind, sent) => {
    const ours = fromPrefectData(kind, sent);
    expect(ours).toMatchObject({ columns, rows });
    expect(toPrefectData(kind, ours)).toEqual(sent);
  });

  test("as a table without names has numbers for them", () => {
    expect(fromPrefectData("table", [["a", "b"], ["c"]])).toMatchObject({
      columns: ["1", "2"],
      rows: [
        ["a", "b"],
        ["c", null],
      ],
    });
  });

  test.each([
    ["table", "no table at all"],
    ["table", null],
    ["table", 7],
    ["image", null],
    ["progress", "half"],
    ["progress", 33.3],
    ["progress", 0.1 + 0.2],
    ["markdown", "# hi"],
    ["result", { source: "mine" }],
    ["", [1, { a: null }]],
  ])("as %s %j comes back as it was", (kind, sent) => {
    expect(toPrefectData(kind, fromPrefectData(kind, sent))).toEqual(sent);
  });

  test("is kept once where ours says the same", () => {
    expect(fromPrefectData("table", '[{"name":"Ada","rows":3}]')).toEqual({ columns, rows: [["Ada", 3]] });
    expect(fromPrefectData("progress", 25)).toEqual({ value: 0.25 });
    expect(fromPrefectData("image", "https://example.com/i.png")).toEqual({
      url: "https://example.com/i.png",
      alt: null,
    });
  });
});

describe("ours is shown", () => {
  test.each([
    ["table", { columns, rows }, '[{"name":"Ada","rows":3},{"name":"Grace","rows":null}]'],
    ["progress", { value: 0.5 }, 50],
    ["image", { url: "https://example.com/i.png", alt: "It" }, "https://example.com/i.png"],
    ["link", { url: "https://example.com", text: "there" }, "[there](https://example.com)"],
    ["link", { url: "https://example.com", text: null }, "<https://example.com>"],
    ["markdown", "# hi", "# hi"],
    ["chart", { mark: "bar" }, { mark: "bar" }],
  ])("as a %s in Prefect's form", (kind, data, shown) => {
    expect(toPrefectData(kind, data)).toEqual(shown);
  });
});

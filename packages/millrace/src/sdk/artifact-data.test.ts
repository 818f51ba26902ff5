import { describe, expect, test } from "vitest";
import { isMillraceError } from "../contract/errors.ts";
import {
  chartData,
  checkArtifactKey,
  imageData,
  linkData,
  maxArtifactBytes,
  progressData,
  tableData,
  textData,
} from "./artifact-data.ts";

/** The message of the error that making the data throws. */
function complaint(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (isMillraceError(error, "ARTIFACT_INVALID")) return error.message;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("a table", () => {
  test("of objects has the columns in the order first seen", () => {
    expect(
      JSON.parse(
        tableData([
          { word: "mill", count: 2 },
          { word: "race", source: "a" },
        ]),
      ),
    ).toEqual({
      columns: ["word", "count", "source"],
      rows: [
        ["mill", 2, null],
        ["race", null, "a"],
      ],
    });
  });

  test("may be empty, and may be given with its heading", () => {
    expect(tableData([])).toBe('{"columns":[],"rows":[]}');
    expect(tableData({ columns: ["id"], rows: [[1], [2]] })).toBe('{"columns":["id"],"rows":[[1],[2]]}');
  });

  test("keeps cells readable that have no JSON of their own", () => {
    const row = { big: 2n ** 64n, nan: Number.NaN, at: new Date(0), none: undefined };
    expect(JSON.parse(tableData([row])).rows).toEqual([
      ["18446744073709551616", null, "1970-01-01T00:00:00.000Z", null],
    ]);
  });

  test.each([
    [[1], "`rows[0]` must be an object, and is a number"],
    [[{ a: 1 }, null], "`rows[1]` must be an object, and is null"],
    [[[1]], "`rows[0]` must be an object, and is an array"],
    ["rows", "a table is an array of rows, or { columns, rows }, not a string"],
    [{ columns: ["a"], rows: [[1, 2]] }, "`rows[0]` has 2 cells for 1 columns"],
    [{ columns: ["a"], rows: [{ a: 1 }] }, "`rows[0]` must be an array of cells, and is an object"],
    [[{ a: () => 1 }], "`table.rows[0][0]` is a function"],
  ])("refuses %o", (rows, words) => {
    expect(complaint(() => tableData(rows as object[]))).toContain(words);
  });
});

describe("a link", () => {
  test.each(["https://example.com/a?b=c", "s3://bucket/key", "file:///tmp/a.csv", "mailto:a@example.com"])(
    "to %s",
    (url) => {
      expect(JSON.parse(linkData(url, "here"))).toEqual({ url, text: "here" });
      expect(JSON.parse(linkData(new URL(url), undefined))).toEqual({ url, text: null });
    },
  );

  test.each(["javascript:alert(1)", " JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "vbscript:x"])(
    "may not run code: %j",
    (url) => {
      expect(complaint(() => linkData(url, undefined))).toContain("a link may not be a");
    },
  );

  test("needs a scheme", () => {
    expect(complaint(() => linkData("example.com/a", undefined))).toContain("`example.com/a` is no URL");
  });
});

describe("an image", () => {
  const latin1 = (text: string): Uint8Array => Buffer.from(text, "latin1");

  test.each([
    ["\x89PNG\r\n\x1a\n...", "image/png"],
    ["\xff\xd8\xff\xe0...", "image/jpeg"],
    ["GIF89a...", "image/gif"],
    ["RIFF\x01\x00\x00\x00WEBPVP8 ", "image/webp"],
    ["\x00\x00\x00\x1cftypavif", "image/avif"],
    ["<svg xmlns='http://www.w3.org/2000/svg'></svg>", "image/svg+xml"],
    ["<?xml version='1.0'?>\n<!-- drawn -->\n<svg>", "image/svg+xml"],
  ])("by its bytes: %j", (bytes, type) => {
    const { url } = JSON.parse(imageData(latin1(bytes), undefined));
    expect(url).toBe(`data:${type};base64,${Buffer.from(bytes, "latin1").toString("base64")}`);
  });

  test("by a part of a buffer", () => {
    const around = latin1("xxGIF89a!yy");
    const { url } = JSON.parse(imageData(around.subarray(2, 9), "a"));
    expect(Buffer.from(url.split(",")[1], "base64").toString()).toBe("GIF89a!");
  });

  test("by its URL", () => {
    expect(JSON.parse(imageData("https://example.com/a.png", "a map"))).toEqual({
      url: "https://example.com/a.png",
      alt: "a map",
    });
    expect(JSON.parse(imageData("data:image/png;base64,AA==", undefined))).toMatchObject({
      url: "data:image/png;base64,AA==",
    });
  });

  test("is refused where it is none", () => {
    expect(complaint(() => imageData(latin1("hello"), undefined))).toContain("no PNG, JPEG, GIF, WebP, AVIF or SVG");
    expect(complaint(() => imageData("javascript:alert(1)", undefined))).toContain("may not be a javascript: URL");
    expect(complaint(() => imageData("data:text/html,<script>", undefined))).toContain("may not be a data: URL");
    expect(complaint(() => imageData("a.png", undefined))).toContain("`a.png` is no URL");
  });
});

describe("the other kinds", () => {
  test("markdown and HTML are texts", () => {
    expect(textData("# Words")).toBe('"# Words"');
    expect(complaint(() => textData(3))).toContain("its content must be a text, and is a number");
  });

  test("a chart is a specification, which may have NaN in its data", () => {
    expect(chartData({ mark: "bar", data: { values: [{ y: Number.NaN }] } })).toBe(
      '{"mark":"bar","data":{"values":[{"y":null}]}}',
    );
    expect(complaint(() => chartData([]))).toContain("not an array");
    expect(complaint(() => chartData({ data: { values: [{ y: 1n }] } }))).toContain(
      "`chart.data.values[0].y` is a bigint",
    );
  });

  test("a progress is a number from 0 to 1", () => {
    expect(progressData(0)).toBe('{"value":0}');
    expect(progressData(1)).toBe('{"value":1}');
    expect(progressData(1 / 3)).toBe('{"value":0.333}');
    expect(progressData(0.57)).toBe('{"value":0.57}');
    expect(progressData(0.99999)).toBe('{"value":0.999}');
    for (const value of [-0.1, 1.1, Number.NaN, "0.5", null]) {
      expect(complaint(() => progressData(value))).toContain("a progress is a number from 0 to 1");
    }
  });
});

test("1 MiB of JSON is the most", () => {
  const fits = "a".repeat(maxArtifactBytes - 2);
  expect(textData(fits)).toHaveLength(maxArtifactBytes);
  expect(complaint(() => textData(`${fits}a`))).toContain(
    `it has ${maxArtifactBytes + 1} bytes, and an artifact holds at most ${maxArtifactBytes}`,
  );
  expect(complaint(() => textData("ä".repeat(maxArtifactBytes / 2)))).toContain("bytes");
});

test("a key has lower-case letters, digits and dashes", () => {
  for (const key of [undefined, "report", "report-2", "2026-11-22"]) expect(() => checkArtifactKey(key)).not.toThrow();
  for (const key of ["", "Report", "my_report", "a b", "ä", "a".repeat(256)]) {
    expect(complaint(() => checkArtifactKey(key))).toContain("lower-case letters, digits and dashes only");
  }
  expect(complaint(() => checkArtifactKey(3))).toContain("its key must be a text, and is a number");
});

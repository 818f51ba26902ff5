import { expect, test } from "vitest";
import { displayWidth, stripAnsi } from "../../kit/text.ts";
import { createLook } from "./look.ts";
import { type Column, renderTable } from "./table.ts";

interface Row {
  readonly id: string;
  readonly name: string;
  readonly count: number;
}

const columns: readonly Column<Row>[] = [
  { title: "ID", cell: (row) => row.id },
  { title: "NAME", cell: (row) => row.name, shrinksTo: 8 },
  { title: "COUNT", cell: (row) => String(row.count), align: "right", leftOut: 1 },
];
const rows: readonly Row[] = [
  { id: "a1", name: "short", count: 7 },
  { id: "b22", name: "a name that is rather long", count: 12_345 },
];
const look = createLook({ color: false, unicode: true });
const wide = Number.POSITIVE_INFINITY;

test("columns are as wide as they must be, numbers on the right", () => {
  expect(renderTable(rows, columns, { width: wide, look })).toEqual([
    "ID   NAME                        COUNT",
    "a1   short                           7",
    "b22  a name that is rather long  12345",
  ]);
});

test("what may be cut is cut, and then what may be left out is left out", () => {
  expect(renderTable(rows, columns, { width: 24, look })).toEqual([
    "ID   NAME          COUNT",
    "a1   short             7",
    "b22  a name that…  12345",
  ]);
  expect(renderTable(rows, columns, { width: 16, look })).toEqual(["ID   NAME", "a1   short", "b22  a name tha…"]);
});

test.each([14, 20, 40, 80])("colours and wide characters keep to %i columns", (width) => {
  const colored = createLook({ color: true, unicode: true });
  const styled = columns.map((column) => ({ ...column, style: () => colored.paint.red }));
  const lines = renderTable([...rows, { id: "日本", name: "名前".repeat(20), count: 1 }], styled, {
    width,
    look: colored,
  });
  expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(width);
  expect(lines.some((line) => stripAnsi(line) !== line)).toBe(true);
});

test("what users wrote stays on its line, without control characters", () => {
  const [, line] = renderTable([{ id: "x\ny", name: "a\u001b[2Jb\u0007\tc", count: 0 }], columns, {
    width: wide,
    look,
  });
  expect(line).toBe("x y  ab  c      0");
});

import { expect, test } from "vitest";
import { layoutChart } from "./layout-chart.ts";
import { readChart } from "./read-chart.ts";

const box = { width: 100, height: 100 };
const draw = (spec: unknown) => {
  const { chart } = readChart(spec);
  if (chart === null) throw new Error("not drawn");
  return layoutChart(chart, box);
};
const values = [
  { day: "mon", n: 2, who: "ada" },
  { day: "tue", n: 4, who: "ada" },
  { day: "mon", n: 2, who: "bob" },
];
const nominal = { field: "day", type: "nominal" };
const number = { field: "n", type: "quantitative" };

test("bars stand on names, and on each other", () => {
  const drawing = draw({ data: { values }, mark: "bar", encoding: { x: nominal, y: number, color: { field: "who" } } });
  expect(drawing.legend).toEqual({ title: "who", series: ["ada", "bob"] });
  expect(drawing.x?.ticks.map(({ label }) => label)).toEqual(["mon", "tue"]);
  expect(drawing.shapes.map(({ path }) => path)).toEqual([
    "M5.5 50h39v50h-39Z",
    "M55.5 0h39v100h-39Z",
    "M5.5 0h39v50h-39Z",
  ]);
});

test("bars lie where their length is across", () => {
  const [first] = draw({
    data: { values: [{ day: "mon", n: 4 }] },
    mark: "bar",
    encoding: { x: number, y: nominal },
  }).shapes;
  expect(first?.path).toBe("M0 11h100v78h-100Z");
});

test("values are summed up by what is left", () => {
  const encoding = { x: nominal, y: { aggregate: "mean", field: "n" } };
  const { chart } = readChart({ data: { values }, mark: { type: "bar" }, encoding });
  expect(chart?.layers[0]?.rows).toEqual([
    { x: "mon", y: 2 },
    { x: "tue", y: 4 },
  ]);
});

test("a histogram has its bins", () => {
  const data = { values: [1, 2, 2, 9].map((n) => ({ n })) };
  const { chart } = readChart({
    data,
    mark: "bar",
    encoding: { x: { field: "n", bin: { maxbins: 5 } }, y: { aggregate: "count" } },
  });
  expect(chart?.layers[0]?.rows).toEqual([
    { x: 0, y: 1 },
    { x: 2, y: 2 },
    { x: 8, y: 1 },
  ]);
});

test("a line for each series, in the order of the axis", () => {
  const data = {
    values: [
      { t: 2, v: 1 },
      { t: 0, v: 0 },
      { t: 1, v: 2 },
    ],
  };
  const { shapes } = draw({ data, mark: "line", encoding: { x: { field: "t" }, y: { field: "v" } } });
  expect(shapes.map(({ path }) => path)).toEqual(["M0 100L50 0L100 50"]);
});

test("arcs are the whole together", () => {
  const { shapes } = draw({ data: { values }, mark: "arc", encoding: { theta: number, color: nominal } });
  expect(shapes).toHaveLength(3);
});

test.each([
  [{ mark: "bar" }, "data that is not written into it"],
  [{ mark: "geoshape", data: { values } }, "the mark `geoshape`"],
  [{ mark: "bar", data: { url: "https://else.test" } }, "data that is not written into it"],
  [{ mark: "bar", data: { values }, encoding: { x: nominal }, transform: [] }, "`transform`"],
  [{ mark: "constructor", data: { values } }, "the mark `constructor`"],
  [{ hconcat: [] }, "charts beside each other (`hconcat`)"],
  [null, "no mark"],
  [{ mark: "bar", data: { values: Array(6000).fill({}) }, encoding: { x: nominal } }, "more than 5000 rows"],
])("%j is not drawn", (spec, reason) => expect(readChart(spec)).toEqual({ chart: null, reason }));

test("numbers that are none, and all the same, are drawn somewhere", () => {
  const data = {
    values: [
      { day: "a", n: 5 },
      { day: "b", n: 5 },
      { day: "c", n: null },
      { day: "d", n: "x" },
    ],
  };
  for (const mark of ["bar", "line", "area", "point", "rect"]) {
    const { shapes } = draw({
      data,
      mark,
      encoding: { x: nominal, y: number, color: { field: "n", type: "quantitative" } },
    });
    expect(shapes.every(({ path }) => !/NaN|Infinity/.test(path))).toBe(true);
  }
});

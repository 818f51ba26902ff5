import { describe, expect, test } from "vitest";
import { chooseMetricsFormat, toMetricsText } from "./metrics-text.ts";
import { createMetrics } from "./metrics.ts";

const table = {
  asked_total: { type: "counter", help: 'Questions\nof "all" \\ kinds.', labels: ["kind", "by"] },
  waiting: { type: "gauge", help: "Who waits.", labels: [] },
  of_pool: { type: "gauge", help: "Of a pool.", labels: ["pool"] },
  took_seconds: { type: "histogram", help: "How long.", labels: ["kind"], buckets: [0.5, 1, 10] },
} as const;

async function text(metrics: ReturnType<typeof createMetrics<typeof table>>, format: "prometheus" | "openmetrics") {
  return toMetricsText(await metrics.read(), format);
}

function someMetrics() {
  const metrics = createMetrics(table);
  metrics.add("asked_total", ["read", "ada"]);
  metrics.add("asked_total", ["read", "ada"], 2);
  metrics.add("asked_total", ["write", 'a "name"\n# with \\'], 1);
  metrics.set("waiting", [], 1.5);
  for (const value of [0.5, 0.6, 7, 11]) metrics.observe("took_seconds", ["read"], value);
  return metrics;
}

describe("metrics", () => {
  test("in Prometheus' format", async () => {
    expect(await text(someMetrics(), "prometheus")).toBe(`# HELP asked_total Questions\\nof "all" \\\\ kinds.
# TYPE asked_total counter
asked_total{kind="read",by="ada"} 3
asked_total{kind="write",by="a \\"name\\"\\n# with \\\\"} 1
# HELP waiting Who waits.
# TYPE waiting gauge
waiting 1.5
# HELP took_seconds How long.
# TYPE took_seconds histogram
took_seconds_bucket{kind="read",le="0.5"} 1
took_seconds_bucket{kind="read",le="1"} 2
took_seconds_bucket{kind="read",le="10"} 3
took_seconds_bucket{kind="read",le="+Inf"} 4
took_seconds_sum{kind="read"} 19.1
took_seconds_count{kind="read"} 4
`);
  });

  test("in OpenMetrics", async () => {
    const lines = (await text(someMetrics(), "openmetrics")).split("\n");
    expect(lines.slice(0, 3)).toEqual([
      '# HELP asked Questions\\nof \\"all\\" \\\\ kinds.',
      "# TYPE asked counter",
      'asked_total{kind="read",by="ada"} 3',
    ]);
    expect(lines).toContain('took_seconds_bucket{kind="read",le="1.0"} 2');
    expect(lines.slice(-2)).toEqual(["# EOF", ""]);
    expect(await text(createMetrics(table), "openmetrics")).toBe("# EOF\n");
  });

  test("have a bound on their series, beyond which all are one", async () => {
    const metrics = createMetrics(table);
    for (let index = 0; index < 2500; index++) metrics.add("of_pool", [`pool ${index}`]);
    metrics.add("of_pool", ["pool 0"]);
    const [family] = await metrics.read();
    expect(family?.series).toHaveLength(2001);
    expect(family?.series.find(({ labels }) => labels[0] === "other")?.value).toBe(500);
    metrics.clear("of_pool");
    expect(await metrics.read()).toEqual([]);
  });

  test("are looked for when they are read, and one that cannot be found keeps none of the others back", async () => {
    const metrics = createMetrics(table);
    metrics.onRead(() => Promise.reject(new Error("gone")));
    metrics.onRead(() => {
      throw new Error("gone");
    });
    metrics.onRead(async () => metrics.set("waiting", [], 3));
    expect((await metrics.read()).map(({ name, series }) => [name, series[0]?.value])).toEqual([["waiting", 3]]);
  });
});

test.each([
  [undefined, "prometheus"],
  ["*/*", "prometheus"],
  ["text/plain;version=0.0.4", "prometheus"],
  ["application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3", "openmetrics"],
  ["text/plain, application/openmetrics-text; q=0", "prometheus"],
  ["application/openmetrics-text; q=0.01", "openmetrics"],
])("who accepts %s gets %s", (accept, format) => {
  expect(chooseMetricsFormat(accept)).toBe(format);
});

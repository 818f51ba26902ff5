/** Runs that are worth opening: one that went well with all that a run can leave behind, one that failed, with subflows. */

import {
  anError,
  type ArtifactSpec,
  type LogSpec,
  runIdOf,
  type RunSpec,
  taskIdOf,
  type TaskSpec,
} from "../run-spec.ts";
import type { SeededDeployments } from "./deployments.ts";

const minute = 60_000;

export function* makeTold(deployments: SeededDeployments): Iterable<RunSpec> {
  yield {
    flow: "daily-sales",
    name: "golden-heron",
    agoMs: 38 * minute,
    tookMs: 94_000,
    state: "Completed",
    tags: ["sales", "by-hand"],
    parameters: {
      date: "2026-11-25",
      region: "west",
      limit: 5000,
      columns: ["day", "amount"],
      notify: { when: "always" },
    },
    deploymentId: deployments.sales,
    workPoolId: deployments.localPoolId,
    workQueueId: deployments.defaultQueueId,
    result: { rows: 4812, total: 98_231.4 },
    extra: { createdBy: { id: "ada", type: "USER", displayValue: "Ada" }, labels: { team: "sales" } },
    tasks: makeSalesTasks(),
    logs: makeSalesLogs(),
    artifacts,
  };
  const failed = { flow: "train-model", name: "crimson-newt" };
  const runId = runIdOf(failed.flow, failed.name);
  const error = anError("TypeError", "Cannot read properties of undefined (reading 'loss')", [
    "flows/train-model.ts:88:21",
    "flows/train-model.ts:61:12",
    "node_modules/some-library/dist/index.js:1204:17",
  ]);
  yield {
    ...failed,
    agoMs: 22 * minute,
    tookMs: 311_000,
    state: "Failed",
    message: "The task `evaluate` failed: Cannot read properties of undefined (reading 'loss')",
    error,
    deploymentId: deployments.train,
    tags: ["ml"],
    parameters: { epochs: 20, seed: 7 },
    tasks: [
      {
        task: "load-data",
        fromMs: 100,
        tookMs: 18_000,
        state: "Cached",
        cacheKey: "load-data 2026-11-25",
        reasonDetail: "made by golden-newt",
      },
      { task: "split", fromMs: 18_200, tookMs: 2000, state: "Completed", after: ["load-data"] },
      {
        task: "prepare",
        name: "prepare (subflow)",
        fromMs: 20_300,
        tookMs: 30_000,
        state: "Completed",
        kind: "flow",
        childFlowRunId: runIdOf("prepare-features", "crimson-newt-prepare"),
        after: ["split"],
      },
      ...Array.from(
        { length: 24 },
        (_, index): TaskSpec => ({
          task: "train",
          name: `train fold-${index + 1}`,
          fromMs: 50_400 + Math.floor(index / 4) * 40_000,
          tookMs: 34_000 + ((index * 7919) % 6000),
          state: index === 17 ? "Failed" : "Completed",
          attempts: index % 7 === 3 ? 3 : 1,
          after: ["prepare (subflow)"],
          ...(index === 17
            ? { error: anError("RangeError", "loss is NaN after epoch 12", ["flows/train-model.ts:54:7"]) }
            : {}),
        }),
      ),
      { task: "sleep", fromMs: 292_000, tookMs: 5000, state: "Completed", kind: "sleep" },
      {
        task: "evaluate",
        fromMs: 300_000,
        tookMs: 10_900,
        state: "Failed",
        error,
        message: error.message,
        after: ["train fold-1", "train fold-2"],
        attempts: 2,
      },
      {
        task: "publish",
        fromMs: 310_950,
        tookMs: 10,
        state: "NotReady",
        after: ["evaluate"],
        reasonDetail: "its input `evaluate` ended Failed",
      },
    ],
    logs: [
      { atMs: 90, message: "20 epochs, seed 7" },
      { atMs: 60_000, level: "debug", task: "train fold-1", message: "epoch 1: loss 0.931" },
      { atMs: 240_000, level: "warn", task: "train fold-18", message: "loss rises: 1.2 -> 8.7" },
      { atMs: 244_000, level: "error", task: "train fold-18", message: "loss is NaN after epoch 12" },
      { atMs: 310_900, level: "error", task: "evaluate", attempt: 2, message: error.stack ?? "" },
    ],
  };
  yield {
    flow: "prepare-features",
    name: "crimson-newt-prepare",
    agoMs: 22 * minute - 20_300,
    tookMs: 29_900,
    state: "Completed",
    result: { features: 112 },
    parent: { runId, taskRunId: taskIdOf(runId, "prepare (subflow)"), rootId: runId },
    tasks: [
      { task: "encode", fromMs: 50, tookMs: 12_000, state: "Completed" },
      { task: "scale", fromMs: 12_100, tookMs: 17_000, state: "Completed", after: ["encode"] },
    ],
  };
}

function* makeSalesTasks(): Iterable<TaskSpec> {
  yield {
    task: "extract",
    fromMs: 120,
    tookMs: 21_000,
    state: "Completed",
    attempts: 2,
    tags: ["io"],
    preview: '"https://shop.example/orders?day=2026-11-25"',
  };
  for (let index = 0; index < 8; index++) {
    const region = ["north", "south", "east", "west"][index % 4] ?? "north";
    yield {
      task: "transform",
      name: `transform ${region}-${index < 4 ? "am" : "pm"}`,
      fromMs: 21_300 + index * 1200,
      tookMs: 18_000 + ((index * 7919) % 9000),
      state: "Completed",
      after: ["extract"],
      preview: `[{ day: "2026-11-25", amount: 12.4 }, …], "${region}"`,
    };
  }
  yield {
    task: "load",
    fromMs: 58_000,
    tookMs: 12_000,
    state: "Completed",
    after: ["transform north-am", "transform west-pm"],
    tags: ["io"],
  };
  yield { task: "report", fromMs: 70_300, tookMs: 22_000, state: "Completed", after: ["load"] };
  yield { task: "render", name: "render chart", fromMs: 71_000, tookMs: 9000, state: "Completed", parent: "report" };
  yield { task: "render", name: "render table", fromMs: 71_000, tookMs: 14_000, state: "Completed", parent: "report" };
}

function* makeSalesLogs(): Iterable<LogSpec> {
  yield { atMs: 10, message: "Orders of 2026-11-25 in west" };
  yield {
    atMs: 900,
    level: "warn",
    logger: "millrace.retries",
    task: "extract",
    attempt: 1,
    message: "extract: attempt 1 failed (HTTP 503); next in 6s",
  };
  for (let index = 0; index < 60; index++) {
    yield {
      atMs: 7000 + index * 230,
      level: index % 12 === 7 ? "debug" : "info",
      task: "extract",
      message: `page ${index + 1}: ${80 + ((index * 13) % 20)} orders`,
      fields: { page: index + 1 },
    };
  }
  yield {
    atMs: 40_000,
    level: "debug",
    task: "transform north-am",
    message: "\u001b[32mok\u001b[0m 614 rows, \u001b[1m0\u001b[0m left out",
  };
  yield { atMs: 69_000, task: "load", message: "4,812 rows written" };
  yield { atMs: 93_000, message: "Done" };
}

const dot =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const artifacts: readonly ArtifactSpec[] = [
  {
    kind: "markdown",
    key: "sales-report",
    atMs: 92_000,
    description: "The report of the day",
    task: "report",
    data: "# Sales of 25 November\n\nThe best region was **west**.\n\n| region | rows |\n|---|---|\n| west | 2,310 |\n| north | 1,107 |\n\n- [the shop](https://shop.example)\n- `4,812` rows",
  },
  {
    kind: "table",
    key: "sales-by-region",
    description: "Rows and amounts",
    task: "render table",
    data: {
      columns: ["region", "rows", "amount"],
      rows: [
        ["north", 1107, 20_114.2],
        ["south", 730, 13_004.9],
        ["east", 665, 11_870.1],
        ["west", 2310, 53_242.2],
      ],
    },
  },
  {
    kind: "chart",
    key: "sales-chart",
    task: "render chart",
    data: {
      mark: "bar",
      data: {
        values: [
          { region: "north", amount: 20_114 },
          { region: "south", amount: 13_005 },
          { region: "east", amount: 11_870 },
          { region: "west", amount: 53_242 },
        ],
      },
      encoding: { x: { field: "region", type: "nominal" }, y: { field: "amount", type: "quantitative" } },
    },
  },
  {
    kind: "link",
    key: "sales-sheet",
    description: "The sheet",
    data: { url: "https://sheets.example/d/1", text: "The sheet" },
  },
  { kind: "image", key: "sales-logo", data: { url: dot, alt: "One pixel" } },
  { kind: "progress", key: "sales-progress", task: "extract", data: { value: 0.625 } },
  { kind: "html", key: "sales-page", data: "<h1>Sales</h1><p>A page of its own, <b>without scripts</b>.</p>" },
];

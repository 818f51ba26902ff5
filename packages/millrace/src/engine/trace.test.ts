/** What spans there are of runs, by OpenTelemetry's own SDK. */

import { context, ROOT_CONTEXT, SpanStatusCode, trace, TraceFlags } from "@opentelemetry/api";
import { ParentBasedSampler, AlwaysOnSampler } from "@opentelemetry/sdk-trace-base";
import { beforeEach, describe, expect, test } from "vitest";
import { traceLabel } from "../contract/trace-labels.ts";
import { flow } from "../sdk/flow.ts";
import { loadRuntime } from "../sdk/runtime.ts";
import { concurrent, threads } from "../sdk/runners.ts";
import { sleep } from "../sdk/durable.ts";
import { runDeployment } from "../sdk/run-deployment.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";
import * as tasks from "./trace-tasks.testsuite.ts";
import { registerSpans, toLines } from "./trace.testsuite.ts";

const spans = registerSpans({ sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }) });
beforeEach(() => void spans.take());

const add = task({ name: "add" }, async (one: number, other: number) => one + other);

describe("spans of a run", () => {
  test("are parts of each other as the calls are, however the tasks are called", async () => {
    await using ledger = await createTestLedger();
    const inner = flow({ name: "inner" }, async () => add(1, 2));
    const nested = task({ name: "nested" }, async () => add(3, 4));
    const outer = flow({ name: "outer" }, async () => {
      await nested();
      await inner();
      await Promise.all(add.map([1, 2, 3], [1, 2, 3]));
      return spans.within("own", async () => add(5, 6));
    });
    const { run } = await ledger.run(outer);
    const found = spans.take();
    expect(toLines(found).toSorted()).toEqual([
      "flow inner < flow outer",
      "flow outer",
      "own < flow outer",
      "task add < flow inner",
      "task add < flow outer",
      "task add < flow outer",
      "task add < flow outer",
      "task add < own",
      "task add < task nested",
      "task nested < flow outer",
    ]);
    const root = found.find(({ name }) => name === "flow outer");
    expect(root?.attributes).toMatchObject({
      "millrace.flow.name": "outer",
      "millrace.flow_run.id": run.id,
      "millrace.flow_run.name": run.name,
      "millrace.state.type": "COMPLETED",
    });
    expect(new Set(found.map((span) => span.spanContext().traceId)).size).toBe(1);
    const { traceId, spanId } = root?.spanContext() ?? { traceId: "", spanId: "" };
    const [kept] = (await ledger.api.listFlowRuns({ ids: [run.id] })).items;
    expect(kept?.extra.labels).toEqual({ [traceLabel]: `00-${traceId}-${spanId}-01` });
  });

  test("nest below the program's own, and below calls that wait for their turn", async () => {
    await using ledger = await createTestLedger();
    const busy = flow({ name: "busy", taskRunner: concurrent({ limit: 1 }) }, async () => {
      const first = spans.within("one", async () => [add.submit(1, 1)]);
      const second = spans.within("two", async () => [add.submit(2, 2)]);
      await Promise.all([await first, await second].flat());
    });
    await spans.within("program", async () => ledger.run(busy));
    const lines = toLines(spans.take());
    expect(lines).toContain("flow busy < program");
    expect(lines.filter((line) => line.startsWith("task")).toSorted()).toEqual(["task add < one", "task add < two"]);
  });

  test("each attempt of a task has its own, with what it failed by", async () => {
    await using ledger = await createTestLedger();
    let count = 0;
    const flaky = task({ name: "flaky", retries: 1 }, async () => {
      if (++count === 1) throw new TypeError("no luck");
      return "luck";
    });
    await ledger.run(flow({ name: "lucky" }, async () => flaky()));
    const [first, second] = spans.take();
    expect([first?.attributes["millrace.task_run.attempt"], second?.attributes["millrace.task_run.attempt"]]).toEqual([
      1, 2,
    ]);
    expect(first?.status).toEqual({ code: SpanStatusCode.ERROR, message: "no luck" });
    expect(first?.attributes["error.type"]).toBe("TypeError");
    expect(first?.events).toMatchObject([
      { name: "exception", attributes: { "exception.type": "TypeError", "exception.message": "no luck" } },
    ]);
    expect(second?.status.code).toBe(SpanStatusCode.UNSET);
  });

  test("a failure is told without secrets", async () => {
    await using ledger = await createTestLedger();
    const leaking = task({ name: "leaking" }, async () => {
      (await loadRuntime()).mask("s3cret-token");
      throw new Error("it was s3cret-token");
    });
    const ended = await ledger.run(flow({ name: "leaks" }, async () => leaking()));
    expect(ended.run.state.type).toBe("FAILED");
    const told = spans.take().map(({ status, events, attributes }) => ({ status, events, attributes }));
    expect(told.map(({ status }) => status.message)).toEqual(["it was ********", "it was ********"]);
    expect(JSON.stringify(told)).not.toContain("s3cret-token");
  });

  test("waits, states and cache hits are events", async () => {
    await using ledger = await createTestLedger();
    const cached = task({ name: "cached", cache: () => "always" }, async () => 1);
    await ledger.run(
      flow({ name: "waiting" }, async () => {
        await sleep("1h");
        await cached();
        return cached();
      }),
    );
    const root = spans.take().find(({ name }) => name === "flow waiting");
    const events = root?.events.map(({ name, attributes }) => [name, attributes]);
    expect(events?.map(([name]) => name)).toEqual(["sleep sleep", "cache hit", "Completed"]);
    expect(events?.[0]?.[1]).toMatchObject({ "millrace.took_ms": 3_600_000 });
  });

  test("bodies in threads go on with the trace of their attempt", async () => {
    await using ledger = await createTestLedger();
    const traced = tasks.traceOfBody.withOptions({ runner: threads() });
    const { value } = await ledger.run(flow({ name: "threaded" }, async () => traced()));
    const attempt = spans.take().find(({ name }) => name === "task trace-of-body");
    expect(value).toBe(attempt?.spanContext().spanId);
  });

  test("what is not sampled is not told, and its trace goes on", async () => {
    await using ledger = await createTestLedger();
    const remote = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", isRemote: true };
    const outside = trace.setSpanContext(ROOT_CONTEXT, { ...remote, traceFlags: TraceFlags.NONE });
    const traced = flow({ name: "quiet" }, async () => add(1, 1));
    const { run } = await context.with(outside, () => ledger.run(traced));
    expect(spans.take()).toEqual([]);
    const [kept] = (await ledger.api.listFlowRuns({ ids: [run.id] })).items;
    expect(kept?.extra.labels?.[traceLabel]).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-00$/);
  });
});

describe("a run of a deployment", () => {
  const child = flow({ name: "child" }, async () => add(1, 2));

  test("goes on with the trace of the flow that asks for it", async () => {
    await using ledger = await createTestLedger();
    await ledger.serve(child.toDeployment({ name: "served" }));
    await ledger.run(flow({ name: "asking" }, async () => (await runDeployment("child/served")).id));
    const found = spans.take();
    expect(toLines(found).toSorted()).toEqual(["flow asking", "flow child < flow asking", "task add < flow child"]);
    expect(found.find(({ name }) => name === "flow asking")?.events[0]?.name).toBe("wait run-deployment");
  });

  test("goes on with a trace that its label says, as Prefect's clients write it", async () => {
    await using ledger = await createTestLedger();
    await ledger.serve(child.toDeployment({ name: "served" }));
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const deployment = "child/served";
    const { run } = await ledger.api.submitRun({ deployment, labels: { [traceLabel]: traceparent, team: "x" } });
    await ledger.untilState(run, "COMPLETED");
    const root = await spans.find("flow child");
    expect(root.parentSpanContext).toMatchObject({ spanId: "b7ad6b7169203331", isRemote: true });
    expect(root.attributes["millrace.deployment.id"]).toBe(run.deploymentId);
  });

  test("begins a trace where nobody has, and says so", async () => {
    await using ledger = await createTestLedger();
    await ledger.serve(child.toDeployment({ name: "served" }));
    const { run } = await ledger.api.submitRun({ deployment: "child/served", labels: { [traceLabel]: "nonsense" } });
    await ledger.untilState(run, "COMPLETED");
    const root = await spans.find("flow child");
    expect(root.parentSpanContext).toBeUndefined();
    const [kept] = (await ledger.api.listFlowRuns({ ids: [run.id] })).items;
    expect(kept?.extra.labels?.[traceLabel]).toContain(root.spanContext().traceId);
  });

  test("that is gone on with stays in its trace", async () => {
    await using ledger = await createTestLedger();
    let isWell = false;
    const ill = flow({ name: "ill" }, async () => {
      if (!isWell) throw new Error("not yet");
    });
    const { run } = await ledger.run(ill);
    isWell = true;
    await ledger.retry(run);
    expect(toLines(spans.take())).toEqual(["flow ill", "flow ill < flow ill"]);
  });
});

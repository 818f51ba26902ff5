import { afterAll, beforeAll, expect, test } from "vitest";
import type { NewFlowRun } from "../../../contract/flow-run.ts";
import { uuidv7 } from "../../../kit/ids.ts";
import { aFlowRun, aState, aTaskRun } from "../../../store/suite/samples.testsuite.ts";
import { toPrefectTime } from "../times.ts";
import { historyHandlers } from "./history.ts";
import { type OverHttp, serveOverHttp } from "./over-http.testsuite.ts";

let http: OverHttp;
beforeAll(async () => {
  http = await serveOverHttp(historyHandlers);
});
afterAll(() => http.close());

const hourMs = 3_600_000;

async function makeRun(flowName: string, more: Partial<NewFlowRun>): Promise<string> {
  const run = aFlowRun({ ownerId: null, flowName, ...more });
  await http.api.record({ processId: "p", created: [run] });
  return run.id;
}

function window(from: number, to: number, seconds: number): object {
  return { history_start: toPrefectTime(from), history_end: toPrefectTime(to), history_interval_seconds: seconds };
}

test("a history has each interval, with the runs that were expected in it by their states", async () => {
  const at = http.clock.now() - 3 * hourMs;
  const flowName = `f-${uuidv7()}`;
  const ended = [aState("SCHEDULED", at), aState("RUNNING", at + 1500), aState("COMPLETED", at + 4000)];
  await makeRun(flowName, { states: ended });
  await makeRun(flowName, { states: [aState("SCHEDULED", at + 2.5 * hourMs, { name: "Late" })] });
  const body = { ...window(at, at + 2.6 * hourMs, 3600), flows: { name: { any_: [flowName] } } };
  const { body: intervals } = await http.ask("flowRunHistory", { body });
  const of = (hour: number, states: unknown) => ({
    interval_start: toPrefectTime(at + hour * hourMs),
    interval_end: toPrefectTime(at + (hour + 1) * hourMs),
    states,
  });
  const completed = { state_type: "COMPLETED", state_name: "Completed", count_runs: 1 };
  const late = { state_type: "SCHEDULED", state_name: "Late", count_runs: 1 };
  expect(intervals).toEqual([
    of(0, [{ ...completed, sum_estimated_run_time: 2.5, sum_estimated_lateness: 1.5 }]),
    of(1, []),
    of(2, [{ ...late, sum_estimated_run_time: 0, sum_estimated_lateness: 1800 }]),
  ]);
});

test("a history of task runs goes by the filters of their flow runs", async () => {
  const at = http.clock.now() - hourMs;
  const id = await makeRun("tasks", { states: [aState("RUNNING", at)], ownerId: "p" });
  const states = [aState("RUNNING", at), aState("FAILED", at + 250)];
  await http.api.record({ processId: "p", taskRuns: [aTaskRun(id, states), aTaskRun(id, states)] });
  const body = { ...window(at - hourMs, at + hourMs, 3600), flow_runs: { id: { any_: [id] } } };
  const { body: intervals } = await http.ask("taskRunHistory", { body });
  expect(intervals.map(({ states: cells }) => cells)).toEqual([
    [],
    [
      {
        state_type: "FAILED",
        state_name: "Failed",
        count_runs: 2,
        sum_estimated_run_time: 0.5,
        sum_estimated_lateness: 0,
      },
    ],
  ]);
});

test("a history has 500 intervals at most, none of less than a second, and none that end before they begin", async () => {
  const at = http.clock.now();
  const ask = (to: number, seconds: number) => http.ask("flowRunHistory", { body: window(at, to, seconds) });
  const long = await ask(at + 600_000, 1);
  expect(long.body).toHaveLength(500);
  expect(long.body.at(-1)).toMatchObject({ interval_end: toPrefectTime(at + 500_000) });
  expect((await ask(at + 10_000.123, 1)).body).toHaveLength(11);
  expect((await ask(at, 1)).body).toEqual([]);
  expect((await ask(at - 1000, 1)).body).toEqual([]);
  expect(await ask(at + 1000, 0.999)).toMatchObject({
    status: 422,
    body: { detail: "History interval must not be less than 1 second." },
  });
});

test("lateness is the mean of all runs that match, and null for none", async () => {
  const at = http.clock.now() - hourMs;
  const flowName = `f-${uuidv7()}`;
  const ask = () => http.ask("averageFlowRunLateness", { body: { flows: { name: { any_: [flowName] } } } });
  expect((await ask()).body).toBeNull();
  await makeRun(flowName, { states: [aState("SCHEDULED", at), aState("RUNNING", at + 3000)] });
  await makeRun(flowName, { states: [aState("SCHEDULED", at)] });
  await makeRun(flowName, { states: [aState("SCHEDULED", at), aState("CANCELLED", at + 1)] });
  expect((await ask()).body).toBeCloseTo((3 + 3600) / 3, 6);
});

test("names of states are found by how they, or their types, begin", async () => {
  const at = http.clock.now();
  await makeRun("named", { states: [aState("SCHEDULED", at, { name: "Zebra" }), aState("RUNNING", at + 5)] });
  await makeRun("named", { states: [aState("PAUSED", at + 1, { name: "zeal" })] });
  const ask = async (query: Record<string, string>) =>
    (await http.ask("readObservedStates", { query })).body.map(({ state_name }) => state_name);
  expect(await ask({ query: " ZE" })).toEqual(["zeal", "Zebra"]);
  expect(await ask({ query: "ze", order_by: "NAME_ASC", limit: "1" })).toEqual(["zeal"]);
  expect(await ask({ query: "sched", order_by: "NAME_ASC" })).toEqual(expect.arrayContaining(["Zebra", "Late"]));
  expect(await ask({ query: "none such" })).toEqual([]);
  expect((await ask({}))[0]).toBe("Running");
});

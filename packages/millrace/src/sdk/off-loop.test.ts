import { afterAll, expect, test } from "vitest";
import { openCommandHost } from "../app/command-host.ts";
import { context, flow, processes, secret, threads, variable } from "../exports/index.ts";
import { work } from "./fixtures/off-loop.ts";

const host = await openCommandHost();
afterAll(() => host[Symbol.asyncDispose]());

test.each([threads(), processes()])("a body in $kind uses what the flow's process has", async (runner) => {
  await secret.set("off-loop-token", "s3cr3t-off-loop");
  await variable.set("off-loop-limit", 5);
  const working = flow({ name: "working" }, async () => ({
    id: context().flowRun?.id ?? "",
    found: await work.withOptions({ runner })("hello"),
  }));
  const { id, found } = await working();
  expect(found).toMatchObject({ looks: 2, refused: "CONTEXT_MISSING", runs: [id, expect.any(String)] });
  expect([found.isMainThread, found.pid === process.pid]).toEqual(
    runner.kind === "threads" ? [false, true] : [true, false],
  );
  await expect(variable.get("off-loop-seen")).resolves.toBe(5);

  const { items: artifacts } = await host.api.listArtifacts({ flowRunIds: [id] });
  expect(artifacts.map(({ key, data, taskRunId }) => [key, data, taskRunId])).toEqual([
    ["off-loop-progress", '{"value":0.75}', found.runs[1]],
    ["off-loop-report", '"hello, ********"', found.runs[1]],
  ]);
  const { items: logs } = await host.api.listLogs({ flowRunIds: [id] });
  expect(logs.map(({ message }) => message)).toContain("hello with ********");
  const { items: events } = await host.api.listEvents({ flowRunIds: [id], names: ["off-loop.worked"] });
  expect(events.map((event) => [event.id, event.payload])).toEqual([[found.event, '{"limit":5,"token":"********"}']]);
});

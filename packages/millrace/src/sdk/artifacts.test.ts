import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openCommandHost } from "../app/command-host.ts";
import type { Artifact, ArtifactFilter } from "../contract/records.ts";
import { artifact, context, flow, type Progress, secret, task } from "../exports/index.ts";

const host = await openCommandHost();
afterAll(() => host[Symbol.asyncDispose]());

async function list(filter: ArtifactFilter): Promise<readonly Artifact[]> {
  return (await host.api.listArtifacts(filter)).items;
}

describe("an artifact", () => {
  test("is recorded for the task that makes it, and its id is given back", async () => {
    const makeReport = task({ name: "make-report" }, async () => ({
      id: await artifact.markdown("# Words", { key: "words", description: "All of them" }),
      taskRunId: context().taskRun?.id,
      flowRunId: context().flowRun?.id,
    }));
    const { id, taskRunId, flowRunId } = await flow({ name: "words" }, () => makeReport())();
    expect(await list({ keys: ["words"] })).toEqual([
      {
        id,
        key: "words",
        kind: "markdown",
        description: "All of them",
        data: '"# Words"',
        flowRunId,
        taskRunId,
        createdAt: expect.any(Number),
        updatedAt: expect.any(Number),
      },
    ]);
  });

  test("of each kind is recorded for the flow whose body makes it", async () => {
    const gallery = flow({ name: "gallery" }, async () => {
      await artifact.html("<b>card</b>");
      await artifact.table([{ id: 1 }]);
      await artifact.link("https://example.com/", { text: "the page" });
      await artifact.image("https://example.com/a.png", { alt: "a" });
      await artifact.chart({ mark: "bar" });
      await artifact.progress({ value: 0.5 });
      return context().flowRun?.id ?? "";
    });
    const found = await list({ flowRunIds: [await gallery()] });
    expect(found.map(({ kind, data }) => [kind, JSON.parse(data)])).toEqual([
      ["html", "<b>card</b>"],
      ["table", { columns: ["id"], rows: [[1]] }],
      ["link", { url: "https://example.com/", text: "the page" }],
      ["image", { url: "https://example.com/a.png", alt: "a" }],
      ["chart", { mark: "bar" }],
      ["progress", { value: 0.5 }],
    ]);
    expect(found.every(({ taskRunId, key }) => taskRunId === null && key === null)).toBe(true);
  });

  test("stands alone outside a run", async () => {
    const ids = [await artifact.markdown("one", { key: "alone" }), await artifact.markdown("two", { key: "alone" })];
    const found = await list({ keys: ["alone"] });
    expect(found.map(({ id, flowRunId, taskRunId }) => [id, flowRunId, taskRunId])).toEqual(
      ids.map((id) => [id, null, null]),
    );
  });

  test("is not recorded when it is refused", async () => {
    await expect(artifact.markdown("x", { key: "Not A Key" })).rejects.toMatchObject({ code: "ARTIFACT_INVALID" });
    await expect(artifact.link("nowhere", { key: "refused" })).rejects.toMatchObject({ code: "ARTIFACT_INVALID" });
    expect(await list({ keys: ["Not A Key", "refused"] })).toEqual([]);
  });

  test("has no secret in it", async () => {
    await secret.set("artifact-token", "s3cr3t-in-a-report");
    await artifact.markdown("the token is s3cr3t-in-a-report", { key: "leaky", description: "s3cr3t-in-a-report" });
    const [found] = await list({ keys: ["leaky"] });
    expect(`${found?.data} ${found?.description}`).not.toContain("s3cr3t");
  });
});

describe("versions of a key", () => {
  const report = flow({ name: "report" }, async ({ texts }: { texts: string[] }) => {
    for (const text of texts) await artifact.markdown(text, { key: "report" });
  });

  test("are added by each call, and by each run", async () => {
    await report({ texts: ["one", "two"] });
    await report({ texts: ["three"] });
    expect((await list({ keys: ["report"] })).map(({ data }) => data)).toEqual(['"one"', '"two"', '"three"']);
    expect((await list({ keys: ["report"], latestOnly: true })).map(({ data }) => data)).toEqual(['"three"']);
  });

  test("are not added by another attempt of the task", async () => {
    const flaky = task({ name: "flaky", retries: 2 }, async () => {
      const attempt = context().taskRun?.attempt ?? 0;
      if (attempt > 1) await artifact.table([{ attempt }]);
      await artifact.markdown(`attempt ${attempt}`, { key: "flaky" });
      if (attempt < 3) throw new Error("not yet");
    });
    await flow({ name: "flaky" }, () => flaky())();
    expect((await list({ keys: ["flaky"] })).map(({ data }) => data)).toEqual(['"attempt 3"']);
  });

  test("are not added by another attempt of the flow", async () => {
    let attempts = 0;
    const flaky = flow({ name: "flaky-flow", retries: 1 }, async () => {
      await artifact.markdown(`attempt ${++attempts}`, { key: "flaky-flow" });
      if (attempts === 1) throw new Error("not yet");
    });
    await flaky();
    expect((await list({ keys: ["flaky-flow"] })).map(({ data }) => data)).toEqual(['"attempt 2"']);
  });

  test("are not added when a run is gone on with", async () => {
    const gate = join(process.env.MILLRACE_HOME ?? "", "reporting-gate");
    const file = join(import.meta.dirname, "fixtures/flows.ts");
    const { run } = await host.runFlow({ file, exportName: "reporting", parameters: { gate } });
    expect(run.state.type).toBe("FAILED");
    await writeFile(gate, "");
    const { value } = await host.continueRun({ id: run.id, mode: "retry" });
    const found = await list({ keys: ["resumed-report"] });
    expect(found.map(({ data }) => data)).toEqual(['"# One"', '"# Two, again"']);
    expect(value).toEqual([...found.map(({ id }) => id), expect.any(String)]);
  });
});

describe("a progress", () => {
  const read = async (progress: Progress): Promise<unknown> => {
    const [found] = await list({ ids: [progress.id] });
    return JSON.parse(found?.data ?? "null");
  };

  test("begins at 0, or where it is told", async () => {
    expect(await read(await artifact.progress())).toEqual({ value: 0 });
    expect(await read(await artifact.progress({ value: 0.25, key: "quarter" }))).toEqual({ value: 0.25 });
  });

  test("comes to its last value before its task is recorded, however fast the values follow each other", async () => {
    const count = task({ name: "count" }, async () => {
      const progress = await artifact.progress({ key: "counting" });
      for (let done = 1; done < 100_000; done++) await progress.update(done / 200_000);
      return progress.id;
    });
    const id = await flow({ name: "count" }, () => count())();
    const found = await list({ keys: ["counting"] });
    expect(found.map((each) => [each.id, each.data])).toEqual([[id, '{"value":0.5}']]);
  });

  test("records 1 before it goes on, and keeps when it began", async () => {
    const progress = await artifact.progress({ key: "whole" });
    await progress.update(0.1);
    await progress.update(1);
    expect(await read(progress)).toEqual({ value: 1 });
    const [found] = await list({ keys: ["whole"] });
    expect(found?.updatedAt).toBeGreaterThanOrEqual(found?.createdAt ?? Number.NaN);
  });

  test("may go back, and refuses what is no progress", async () => {
    const progress = await artifact.progress({ value: 1 });
    await expect(progress.update(1.5)).rejects.toMatchObject({ code: "ARTIFACT_INVALID" });
    expect(progress.value).toBe(1);
    await expect(artifact.progress({ value: -1 })).rejects.toMatchObject({ code: "ARTIFACT_INVALID" });
  });
});

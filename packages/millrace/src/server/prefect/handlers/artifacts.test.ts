import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { uuidv7 } from "../../../kit/ids.ts";
import { aFlowRun } from "../../../store/suite/samples.testsuite.ts";
import { artifactHandlers } from "./artifacts.ts";
import { type OverHttp, serveOverHttp } from "./over-http.testsuite.ts";

describe("artifacts", () => {
  let http: OverHttp;
  beforeAll(async () => {
    http = await serveOverHttp(artifactHandlers);
  });
  afterAll(() => http.close());

  /** A flow run's id. */
  async function run(flowName: string): Promise<string> {
    const { created } = await http.api.record({ processId: "p", created: [aFlowRun({ flowName, ownerId: null })] });
    return created[0]?.run.id ?? "";
  }

  async function make(artifact: object): Promise<string> {
    http.advance(1);
    return (await http.ask("createArtifact", { body: artifact })).body.id as string;
  }

  test("are made of any data, and read", async () => {
    const flowRunId = await run("reports");
    const given = {
      key: "report",
      type: "table",
      description: "Rows.",
      data: '[{"a": 1}]',
      metadata_: { size: "small" },
      flow_run_id: flowRunId,
      task_run_id: uuidv7(),
    };
    const made = await http.ask("createArtifact", { body: given });
    expect(made).toMatchObject({ status: 201, body: given });
    expect(await http.ask("readArtifact", { params: { id: made.body.id } })).toEqual({ status: 200, body: made.body });
    const { items } = await http.api.listArtifacts({ ids: [made.body.id] });
    expect(JSON.parse(items[0]?.data ?? "")).toMatchObject({ columns: ["a"], rows: [[1]] });
  });

  test("need no type, no key and no run, but a run that is named must be there", async () => {
    expect((await http.ask("createArtifact", { body: { data: 1 } })).body).toMatchObject({ type: null, key: null });
    expect((await http.ask("createArtifact", { body: { data: 1, flow_run_id: uuidv7() } })).status).toBe(409);
    expect((await http.ask("createArtifact", { body: { key: "Not A Key", data: 1 } })).status).toBe(422);
  });

  test("are changed in what is given", async () => {
    const id = await make({ type: "progress", key: "load", data: 10, metadata_: { a: "b" } });
    expect(await http.ask("updateArtifact", { params: { id }, body: { data: 55.5 } })).toEqual({ status: 204 });
    await http.ask("updateArtifact", { params: { id }, body: { description: "Loading" } });
    expect((await http.ask("readArtifact", { params: { id } })).body).toMatchObject({
      data: 55.5,
      description: "Loading",
      metadata_: { a: "b" },
    });
    expect((await http.ask("updateArtifact", { params: { id: uuidv7() }, body: {} })).status).toBe(404);
  });

  test("of a key are a series, whose newest is found, and the one before it when that is deleted", async () => {
    const first = await make({ key: "series", type: "markdown", data: "1" });
    const second = await make({ key: "series", type: "markdown", data: "2" });
    const latest = { artifacts: { key: { any_: ["series"] } } };
    const { body: before } = await http.ask("readLatestArtifacts", { body: latest });
    expect(before).toMatchObject([{ key: "series", latest_id: second, data: "2" }]);
    expect((await http.ask("readLatestArtifact", { params: { key: "series" } })).body.id).toBe(second);
    expect((await http.ask("deleteArtifact", { params: { id: second } })).status).toBe(204);
    const { body: after } = await http.ask("readLatestArtifacts", { body: latest });
    expect(after).toMatchObject([{ id: before[0]?.id, latest_id: first, data: "1" }]);
    await http.ask("deleteArtifact", { params: { id: first } });
    expect((await http.ask("deleteArtifact", { params: { id: first } })).status).toBe(404);
    expect((await http.ask("readLatestArtifact", { params: { key: "series" } })).status).toBe(404);
    expect((await http.ask("countLatestArtifacts", { body: latest })).body).toBe(0);
  });

  test("are listed by what they are, and by the runs that made them", async () => {
    const [one, two] = [await run("listed-one"), await run("listed-two")];
    const b = await make({ key: "list-b", type: "markdown", data: "b1", flow_run_id: one });
    await make({ key: "list-a", type: "table", data: [], flow_run_id: two });
    await make({ key: "list-b", type: "markdown", data: "b2", flow_run_id: two });
    await make({ type: "result", data: "no key", flow_run_id: two });
    const found = async (body: { artifacts?: object; sort?: string; limit?: number }): Promise<unknown[]> => {
      const flows = { name: { like_: "listed-" } };
      const { body: artifacts } = await http.ask("readArtifacts", { body: { sort: "CREATED_DESC", flows, ...body } });
      return artifacts.map(({ data }) => data);
    };
    expect(await found({})).toEqual(["no key", "b2", [], "b1"]);
    expect(await found({ limit: 1 })).toEqual(["no key"]);
    expect(await found({ sort: "KEY_ASC", artifacts: { key: { exists_: true } } })).toEqual([[], "b1", "b2"]);
    expect(await found({ artifacts: { type: { not_any_: ["result"] } } })).toEqual(["b2", [], "b1"]);
    expect(await found({ artifacts: { flow_run_id: { any_: [one] } } })).toEqual(["b1"]);
    expect(await found({ artifacts: { operator: "or_", id: { any_: [b] }, type: { any_: ["table"] } } })).toEqual([
      [],
      "b1",
    ]);
    const flows = { name: { any_: ["listed-one"] } };
    expect((await http.ask("countArtifacts", { body: { flows } })).body).toBe(1);
    // The newest of its key is another run's.
    expect((await http.ask("countLatestArtifacts", { body: { flows } })).body).toBe(0);
    const latest = { flows: { name: { like_: "listed-" } }, sort: "KEY_ASC" };
    const { body } = await http.ask("readLatestArtifacts", { body: latest });
    expect(body.map(({ data }) => data)).toEqual([[], "b2"]);
  });
});

import { describe, expect, test } from "vitest";
import { uuidv7 } from "../../kit/ids.ts";
import { save } from "./deployments.testsuite.ts";
import type { UsedApi } from "./api-under-test.testsuite.ts";

export function testDeploymentVersions(used: UsedApi): void {
  describe("versions of a deployment", () => {
    test("are kept of each change of what its runs are made of", async () => {
      const { api } = used;
      const flowName = `f-${uuidv7()}`;
      const { deployment } = await save(api, { flowName, parameters: { x: 1 }, createdBy: { id: "ann" } });
      const { id } = deployment;
      await api.updateDeployment(id, { description: "of the night" });
      await save(api, { flowName, parameters: { x: 1 } });
      await api.pauseDeployment(id);
      await api.updateDeployment(id, { parameters: { x: 2 }, entrypoint: "a.ts:f", updatedBy: { id: "bob" } });
      await save(api, { flowName, tags: ["b"] });
      const { items } = await api.listDeploymentVersions(id);
      expect(items).toMatchObject([
        { number: 3, definition: { parameters: { x: 2 }, entrypoint: "a.ts:f", tags: ["b"] }, by: { id: "bob" } },
        { number: 2, definition: { parameters: { x: 2 }, entrypoint: "a.ts:f", tags: [] }, by: { id: "bob" } },
        { number: 1, definition: { parameters: { x: 1 }, entrypoint: null, tags: [] }, by: { id: "ann" } },
      ]);
      expect(new Set(items.map(({ contentHash }) => contentHash)).size).toBe(3);
      expect(await api.readDeploymentVersion(id, 2)).toEqual(items[1]);
      expect(await api.readDeploymentVersion(id, 4)).toBeNull();
      expect(await api.readObject("deployment", id)).toMatchObject({ versionNumber: 3, description: "of the night" });
      await expect(api.listDeploymentVersions(uuidv7())).rejects.toMatchObject({ code: "NOT_FOUND" });
      await api.deleteDeployment(id);
      expect(await api.count("deployment-version", { field: "deploymentId", in: [id] })).toBe(0);
    });

    test("are brought back as a new one, with what was not there then", async () => {
      const { api } = used;
      const { deployment } = await save(api, { parameters: { x: 1 } });
      const { id } = deployment;
      await api.updateDeployment(id, { parameters: { x: 2 }, entrypoint: "a.ts:f", jobVariables: { memory: 1 } });
      const back = await api.rollBackDeployment(id, 1);
      expect(back).toMatchObject({ versionNumber: 3, parameters: { x: 1 }, entrypoint: null, jobVariables: {} });
      const [third, , first] = (await api.listDeploymentVersions(id)).items;
      expect(third).toMatchObject({ number: 3, rolledBackTo: 1, contentHash: first?.contentHash });
      expect(await api.rollBackDeployment(id, 1)).toMatchObject({ versionNumber: 3 });
      expect(await api.rollBackDeployment(id, 9)).toBeNull();
    });

    test("are not brought back without their pool", async () => {
      const { api } = used;
      const pool = await api.createWorkPool({ name: `p-${uuidv7()}`, type: "process" });
      const { deployment } = await save(api, { workPoolId: pool.id });
      await api.updateDeployment(deployment.id, { workPoolId: null });
      await api.deleteObject("work-pool", pool.id);
      await expect(api.rollBackDeployment(deployment.id, 1)).rejects.toMatchObject({ code: "DEPLOYMENT_INVALID" });
    });

    test("that many make at once have each a number of their own", async () => {
      const { api } = used;
      const { deployment } = await save(api);
      const changes = Array.from({ length: 5 }, (_, index) => ({ parameters: { index } }));
      await Promise.all(changes.map((change) => api.updateDeployment(deployment.id, change)));
      const { items } = await api.listDeploymentVersions(deployment.id);
      expect(items.map(({ number }) => number)).toEqual([6, 5, 4, 3, 2, 1]);
      const made = items.slice(0, 5).map(({ definition }) => definition?.parameters);
      expect(made).toEqual(expect.arrayContaining(changes.map(({ parameters }) => parameters)));
    });

    test("a run keeps the one that it first started with", async () => {
      const { api } = used;
      const { deployment } = await save(api, { parameters: { x: 1 } });
      const { run } = await api.submitRun({ deployment: deployment.id });
      expect(run.extra.startedVersion).toBeUndefined();
      await api.updateDeployment(deployment.id, { parameters: { x: 2 } });
      const propose = (type: "PENDING" | "RUNNING" | "FAILED" | "SCHEDULED") =>
        api.proposeFlowRunState({ id: run.id, guest: true, state: { type, name: type } });
      await propose("PENDING");
      expect((await api.readFlowRun(run.id))?.extra.startedVersion).toBe(2);
      await api.updateDeployment(deployment.id, { parameters: { x: 3 } });
      for (const type of ["RUNNING", "FAILED", "SCHEDULED", "PENDING"] as const) await propose(type);
      expect(await api.readFlowRun(run.id)).toMatchObject({ state: { type: "PENDING" }, extra: { startedVersion: 2 } });
    });
  });
}

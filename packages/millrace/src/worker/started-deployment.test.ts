import { expect, test } from "vitest";
import type { Deployment, DeploymentVersion } from "../contract/objects.ts";
import { startedDeployment } from "./started-deployment.ts";

const current = { id: "d", entrypoint: "new.ts", pullSteps: null, versionNumber: 2, paused: true } as Deployment;
const definition = { entrypoint: "old.ts", pullSteps: [{ git_clone: { repository: "r" } }], jobVariables: {} };
const first = { number: 1, definition } as unknown as DeploymentVersion;

const api = { readDeploymentVersion: async (_id: string, number: number) => (number === 1 ? first : null) };

test("a run that has not started takes the deployment as it is", async () => {
  expect(await startedDeployment(api, { extra: {} }, current)).toEqual(current);
});

test("a run that has started keeps the version of its start, and what else is so now", async () => {
  expect(await startedDeployment(api, { extra: { startedVersion: 1 } }, current)).toEqual({
    ...current,
    ...definition,
    versionNumber: 1,
  });
});

test("it keeps the commits that were brought for it, of the same version too", async () => {
  const pulledSteps = [{ git_clone: { repository: "r", commit: "c0ffee" } }];
  for (const startedVersion of [1, 2]) {
    const { pullSteps } = await startedDeployment(api, { extra: { startedVersion, pulledSteps } }, current);
    expect(pullSteps).toEqual(pulledSteps);
  }
});

test("a version that is not kept any more leaves the deployment as it is", async () => {
  expect(await startedDeployment(api, { extra: { startedVersion: 7 } }, current)).toEqual(current);
});

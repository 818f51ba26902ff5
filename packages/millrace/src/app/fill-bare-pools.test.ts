import { afterEach, beforeEach, expect, test } from "vitest";
import type { Api } from "../contract/api.ts";
import type { WorkPool } from "../contract/objects.ts";
import { systemClock } from "../kit/clock.ts";
import { createService } from "../service/create-service.ts";
import { makeLedger } from "../store/ledger-under-test.testsuite.ts";
import type { TestLedger } from "../store/suite/ledger.testsuite.ts";
import { fillBarePools } from "./fill-bare-pools.ts";

let ledger: TestLedger;
let api: Api;
beforeEach(async () => {
  ledger = await makeLedger();
  api = createService({ store: await ledger.open(), clock: systemClock });
});
afterEach(async () => {
  await api.close();
  await ledger.remove();
});

const bare = (name: string, type = "process"): Promise<WorkPool> =>
  api.createWorkPool({ name, type, paused: false, baseJobTemplate: {} });
const variablesOf = async (name: string): Promise<readonly string[]> => {
  const [pool] = (await api.listObjects("work-pool", { where: { field: "name", in: [name] } })).items;
  const { properties = {} } = (pool?.baseJobTemplate?.variables ?? {}) as { readonly properties?: object };
  return Object.keys(properties);
};

test("pools without a template are given that of their type, and others are left alone", async () => {
  await bare("local");
  await bare("cluster", "kubernetes");
  await bare("own", "ecs");
  const variables = { properties: { mine: { type: "string" } } };
  await api.createWorkPool({ name: "written", type: "process", paused: false, baseJobTemplate: { variables } });
  expect(await fillBarePools(api)).toEqual(["local", "cluster"]);
  expect(await variablesOf("local")).toContain("working_dir");
  expect(await variablesOf("cluster")).toContain("namespace");
  expect([await variablesOf("own"), await variablesOf("written")]).toEqual([[], ["mine"]]);
});

test("a pool whose deployments would not fit stays bare", async () => {
  const { id: workPoolId } = await bare("local");
  await api.saveDeployment({ flowName: "etl", name: "fits", workPoolId, jobVariables: { env: { PORT: 8080 } } });
  await api.saveDeployment({ flowName: "etl", name: "does not", workPoolId, jobVariables: { working_dir: 7 } });
  expect(await fillBarePools(api)).toEqual([]);
  expect(await variablesOf("local")).toEqual([]);
});

test("it is done once, so that a template that is taken away stays away", async () => {
  const { id } = await bare("local");
  expect(await fillBarePools(api)).toEqual(["local"]);
  await api.updateWorkPool(id, { baseJobTemplate: {} });
  await bare("later");
  expect(await fillBarePools(api)).toEqual([]);
  expect([await variablesOf("local"), await variablesOf("later")]).toEqual([[], []]);
});

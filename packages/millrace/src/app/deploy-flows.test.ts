import { afterEach, beforeEach, expect, test } from "vitest";
import type { Api } from "../contract/api.ts";
import type { DeploymentTriggerToSave } from "../contract/deployment-triggers.ts";
import type { DeployOutcome } from "../contract/serving.ts";
import { systemClock } from "../kit/clock.ts";
import { createService } from "../service/create-service.ts";
import { makeLedger } from "../store/ledger-under-test.testsuite.ts";
import type { TestLedger } from "../store/suite/ledger.testsuite.ts";
import { saveDeployments } from "./deploy-flows.ts";

let ledger: TestLedger;
let api: Api;
beforeEach(async () => {
  ledger = await makeLedger();
  api = createService({ store: await ledger.open(), clock: systemClock });
  await api.createWorkPool({ name: "local", type: "process" });
});
afterEach(async () => {
  await api.close();
  await ledger.remove();
});

const trigger = {
  kind: "event",
  posture: "Reactive",
  match: {},
  matchRelated: [],
  after: [],
  expect: ["file.arrived"],
  forEach: [],
  threshold: 1,
  withinMs: 0,
};

async function deploy(
  triggers: readonly DeploymentTriggerToSave[],
  isDryRun = false,
): Promise<DeployOutcome | undefined> {
  const deployment = { flowName: "etl", name: "nightly", version: "1", schedules: [], triggers };
  return (await saveDeployments(api, [{ deployment, pool: "local", queue: null }], { isDryRun }))[0];
}

test("triggers are changed where they are different, and left alone where they are not", async () => {
  const arrived = { name: "arrived", trigger };
  expect(await deploy([arrived])).toMatchObject({ outcome: "made" });
  expect(await deploy([arrived])).toMatchObject({ outcome: "unchanged", changes: [] });
  const other = { ...arrived, parameters: { x: 1 } };
  const changes = [{ field: "triggers", from: ["arrived"], to: ["arrived"] }];
  expect(await deploy([other], true)).toMatchObject({ outcome: "changed", changes });
  expect(await deploy([other])).toMatchObject({ outcome: "changed", changes });
  expect(await deploy([other])).toMatchObject({ outcome: "unchanged" });
  expect(await deploy([])).toMatchObject({ changes: [{ field: "triggers", from: ["arrived"], to: [] }] });
  expect(await api.count("automation", { all: [] })).toBe(0);
});

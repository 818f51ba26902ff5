/** A team's work of a day: each kind of object there is, and runs in every state. */

import { deploymentResource } from "../../../packages/millrace/src/contract/deployment-triggers.ts";
import { addAccess } from "./small/access.ts";
import { addBlocks, addVariables } from "./small/objects.ts";
import { addAutomations } from "./small/automations.ts";
import { addDeployments, type SeededDeployments } from "./small/deployments.ts";
import { addEvents, addLimits, addWork } from "./small/work.ts";
import { makeHistory } from "./small/history.ts";
import { makeStates } from "./small/states.ts";
import { makeTold } from "./small/told.ts";
import type { SeedLedger } from "./seed-ledger.ts";

export async function fillSmall(ledger: SeedLedger): Promise<void> {
  const work = await addWork(ledger);
  const deployments = await addDeployments(ledger, work);
  await addBlocks(ledger);
  await addVariables(ledger);
  await ledger.addRuns(makeHistory(deployments));
  await ledger.addRuns(makeTold(deployments));
  await ledger.addRuns(makeStates(deployments, ledger.now));
  await addLimits(ledger);
  await addAutomations(ledger, deploymentResource(deployments.sales));
  await addEvents(ledger);
  await addAccess(ledger);
  await tellOfService(ledger, deployments);
}

/** Two deployments are asked for their runs; which pools have a worker is told by whoever looks, and kept. */
async function tellOfService({ api, store, now }: SeedLedger, deployments: SeededDeployments): Promise<void> {
  const { sales, contacts, defaultQueueId, urgentQueueId } = deployments;
  await store.markPolled("deployment", { ids: [sales, contacts], at: now, unlessSince: now });
  await store.markPolled("work-queue", { ids: [defaultQueueId, urgentQueueId], at: now, unlessSince: now });
  await api.tellReadiness();
}

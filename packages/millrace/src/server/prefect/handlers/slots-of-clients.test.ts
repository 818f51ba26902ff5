/** How long a run of a client has the slot that it took of its deployment's limit. */

import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { renewsItsSlot } from "../client-version.ts";
import { flowRunStateHandlers } from "./flow-run-states.ts";
import { flowRunHandlers } from "./flow-runs.ts";
import { type OverHttp, serveOverHttp } from "./over-http.testsuite.ts";

const hourMs = 3_600_000;

let http: OverHttp;
let deploymentId: string;
beforeEach(async () => {
  http = await serveOverHttp((context) => ({ ...flowRunHandlers(context), ...flowRunStateHandlers(context) }));
  onTestFinished(() => http.close());
  const { deployment } = await http.api.saveDeployment({ flowName: "etl", name: "nightly", concurrencyLimit: 1 });
  deploymentId = deployment.id;
});

async function submit(): Promise<string> {
  http.advance(1000);
  return (await http.api.submitRun({ deployment: deploymentId })).run.id;
}

/** The state that the run is in afterwards, by a client that says who it is. */
async function propose(id: string, state: Record<string, unknown>, userAgent = newer) {
  http.advance(10);
  const { body } = await http.ask("setFlowRunState", {
    params: { id },
    body: { state },
    headers: { "user-agent": userAgent },
  });
  return body.state?.name ?? null;
}

const newer = "prefect/3.4.11 (API 0.8.4)";

test("a client says by its version whether it renews the lease of a slot", () => {
  const told = {
    "prefect/3.4.10 (API 0.8.4)": false,
    "prefect/3.4.11 (API 0.8.4)": true,
    "prefect/3.9.1 (API 0.8.4)": true,
    "prefect/3.10.0.dev2+4.gabc (API 0.8.4)": true,
    "prefect/4.0.0 (API 1.0.0)": true,
    "prefect/2.20.0 (API 0.8.4)": false,
    "prefect/3.9.1": false,
    "python-httpx/0.28": false,
  };
  for (const [userAgent, renews] of Object.entries(told))
    expect([userAgent, renewsItsSlot(userAgent)]).toEqual([userAgent, renews]);
  expect(renewsItsSlot(undefined)).toBe(false);
});

describe("the slot of a run", () => {
  test.each(["prefect/3.4.10 (API 0.8.4)", "curl/8.0"])(
    "of %s, which does not renew its lease, is held until the run has ended",
    async (userAgent) => {
      const [first, second] = [await submit(), await submit()];
      expect(await propose(first, { type: "PENDING" }, userAgent)).toBe("Pending");
      expect(await propose(first, { type: "RUNNING" }, userAgent)).toBe("Running");
      http.advance(29 * 24 * hourMs);
      expect(await http.api.expireSlots()).toBe(0);
      expect(await propose(second, { type: "PENDING" }, userAgent)).toBe("AwaitingConcurrencySlot");
      expect(await propose(first, { type: "COMPLETED" }, userAgent)).toBe("Completed");
      expect(await propose(second, { type: "PENDING" }, userAgent)).toBe("Pending");
      // Until it runs it has it no longer than others.
      http.advance(hourMs);
      expect(await http.api.expireSlots()).toBe(1);
    },
  );

  test("of one that renews it comes back where it does not", async () => {
    const [first, second] = [await submit(), await submit()];
    await propose(first, { type: "PENDING" });
    expect(await propose(first, { type: "RUNNING" })).toBe("Running");
    http.advance(hourMs);
    expect(await http.api.expireSlots()).toBe(1);
    expect(await propose(second, { type: "PENDING" })).toBe("Pending");
  });

  test("comes back at once with a run that is deleted, or leaves its process to be tried again by another", async () => {
    const [first, second, third] = [await submit(), await submit(), await submit()];
    await propose(first, { type: "PENDING" });
    await propose(first, { type: "RUNNING" });
    expect(await propose(second, { type: "PENDING" })).toBe("AwaitingConcurrencySlot");
    expect((await http.ask("deleteFlowRun", { params: { id: first } })).status).toBe(204);
    expect(await propose(second, { type: "PENDING" })).toBe("Pending");
    await propose(second, { type: "RUNNING" });
    expect(await propose(second, { type: "SCHEDULED", name: "AwaitingRetry" })).toBe("AwaitingRetry");
    expect(await propose(third, { type: "PENDING" })).toBe("Pending");
  });

  test("of a limit that deployments share comes back with a flow that is deleted", async () => {
    const deployment = await http.api.readObject("deployment", deploymentId);
    const concurrencyLimitId = deployment?.concurrencyLimitId ?? "";
    const other = await http.api.saveDeployment({ flowName: "report", name: "weekly" });
    await http.api.updateObject("deployment", other.deployment.id, { concurrencyLimitId });
    const [{ run: first }, second] = [await http.api.submitRun({ deployment: other.deployment.id }), await submit()];
    await propose(first.id, { type: "PENDING" });
    await propose(first.id, { type: "RUNNING" }, "curl/8.0");
    expect(await propose(second, { type: "PENDING" })).toBe("AwaitingConcurrencySlot");
    expect(await http.api.deleteObject("flow", other.deployment.flowId)).toBe(true);
    expect(await propose(second, { type: "PENDING" })).toBe("Pending");
  });

  test("stays with a run that its own process tries again", async () => {
    const [first, second] = [await submit(), await submit()];
    await http.api.updateFlowRun(first, { extra: { retries: 1 } });
    await propose(first, { type: "PENDING" });
    await propose(first, { type: "RUNNING" });
    expect(await propose(first, { type: "FAILED" })).toBe("AwaitingRetry");
    expect(await propose(second, { type: "PENDING" })).toBe("AwaitingConcurrencySlot");
    expect(await propose(first, { type: "RUNNING", name: "Retrying" })).toBe("Retrying");
  });
});

/** What the list of deployments shows, as it stands in the address. */

import type { Condition } from "millrace/client";
import { deploymentsCalled } from "../../api/deployments-called.ts";

export interface DeploymentsSearch {
  /** In the name of the deployment or of its flow. */
  readonly q?: string;
  readonly flow?: string;
  readonly tag?: string;
  /** The id of a work pool. */
  readonly pool?: string;
  readonly status?: "paused" | "active";
}

const texts = ["q", "flow", "tag", "pool"] as const;

export function readDeploymentsSearch(given: Readonly<Record<string, unknown>>): DeploymentsSearch {
  const { status } = given;
  const kept = texts.flatMap((name) => {
    // A text of digits alone is read from an address as a number.
    const value = typeof given[name] === "number" ? String(given[name]) : given[name];
    return typeof value === "string" && value !== "" ? [[name, value] as const] : [];
  });
  return { ...Object.fromEntries(kept), ...(status === "paused" || status === "active" ? { status } : {}) };
}

export function toDeploymentCondition({ q, flow, tag, pool, status }: DeploymentsSearch): Condition {
  return {
    all: [
      ...(q === undefined ? [] : [deploymentsCalled(q)]),
      ...(flow === undefined ? [] : [{ field: "flowName", in: [flow] }]),
      ...(tag === undefined ? [] : [{ field: "tags", hasAll: [tag] }]),
      ...(pool === undefined ? [] : [{ field: "workPoolId", in: [pool] }]),
      ...(status === undefined ? [] : [{ field: "paused", in: [status === "paused"] }]),
    ],
  };
}

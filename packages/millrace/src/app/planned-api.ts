/**
 * The orchestrator as a dry run asks it: variables are read as they are, secrets have a stand-in, limits let everything through,
 * and nothing is written.
 */

import type { Api } from "../contract/api.ts";
import type { Vault } from "../contract/runtime.ts";

/** What stands for the value of a secret. */
const secretStandIn = "********";

/** @param openApi the orchestrator that the dry run has beside it; null for none, in which there are no variables */
export function createPlannedApi(openApi: (() => Promise<Api>) | null): Api {
  const known: Partial<Api> = {
    readVariable: async (name) => (openApi === null ? null : (await openApi()).readVariable(name)),
    writeVariable: async ({ name, value, tags = [] }) => ({
      id: "",
      revision: 1,
      createdAt: 0,
      updatedAt: 0,
      name,
      value,
      tags,
    }),
    deleteVariable: async () => true,
    readSecret: async (name) => ({ name, sealed: secretStandIn, createdAt: 0, updatedAt: 0 }),
    writeSecret: async () => undefined,
    deleteSecret: async () => true,
    takeSlots: async ({ limits }) => ({
      granted: true,
      leaseId: null,
      limits: limits.map((name) => ({ id: "", name, slots: 1, active: true })),
    }),
    renewSlots: async () => true,
    giveBackSlots: async () => true,
  };
  return new Proxy(known as Api, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name);
      if (found !== undefined || typeof name !== "string" || name === "then") return found;
      return async (): Promise<never> => {
        throw new Error(`A dry run does not ask the orchestrator for \`${name}\``);
      };
    },
  });
}

export const plannedVault: Vault = { seal: async () => secretStandIn, open: async () => secretStandIn };

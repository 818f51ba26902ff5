/** How the suite gets at an Api, whatever stands behind it. */

import { afterAll, beforeAll } from "vitest";
import type { Api } from "../../contract/api.ts";
import type { FlowRun, NewFlowRun } from "../../contract/flow-run.ts";
import type { ExecutorProcess } from "../../contract/records.ts";
import type { Store } from "../../contract/store.ts";
import { type ApiMethod, apiMethods } from "../../contract/wire/v1-calls.ts";
import { type Clock, systemClock } from "../../kit/clock.ts";
import { uuidv7 } from "../../kit/ids.ts";
import type { MakeLedger } from "../../store/suite/ledger.testsuite.ts";
import { aFlowRun, aState } from "../../store/suite/samples.testsuite.ts";
import { createService } from "../create-service.ts";

export const leaseMs = 30_000;

/** An Api whose time and whose processes' deaths are the test's own. */
export interface ApiUnderTest {
  readonly api: Api;
  /** Whether it is the one that the server itself uses. */
  readonly isServers: boolean;
  /** Time passes for the orchestrator. */
  advance(ms: number): void;
  /** From now on this process of the same host is seen dead. */
  seeDead(processId: string): void;
  remove(): Promise<void>;
}

export type MakeApi = () => Promise<ApiUnderTest>;

/** The service over a ledger of its own, perhaps with something before it. */
export function serviceOver(
  makeLedger: MakeLedger,
  put: (service: Api) => Promise<Api> = async (service) => service,
): MakeApi {
  return async () => {
    const ledger = await makeLedger();
    const store: Store = await ledger.open();
    const dead = new Set<string>();
    let aheadMs = 0;
    const clock: Clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
    const isAlive = ({ id }: ExecutorProcess): "dead" | "unknown" => (dead.has(id) ? "dead" : "unknown");
    const service = createService({ store, clock, leaseMs, isAlive });
    const api = await put(service);
    return {
      api,
      isServers: api === service,
      advance: (ms) => (aheadMs += ms),
      seeDead: (processId) => dead.add(processId),
      remove: async () => {
        await api.close();
        if (api !== service) await service.close();
        await ledger.remove();
      },
    };
  };
}

export interface UsedApi extends Omit<ApiUnderTest, "remove"> {
  /** The methods that were called so far. */
  readonly called: ReadonlySet<ApiMethod>;
}

/** One Api for the tests of a `describe`. Tests do not clash: each makes runs of its own. */
export function useApi(makeApi: MakeApi): UsedApi {
  const called = new Set<ApiMethod>();
  let used: ApiUnderTest;
  let api: Api;
  beforeAll(async () => {
    used = await makeApi();
    const methods = apiMethods.map((method) => {
      const call = used.api[method] as (...args: readonly unknown[]) => unknown;
      return [method, (...args: readonly unknown[]) => (called.add(method), call(...args))];
    });
    api = { ...used.api, ...(Object.fromEntries(methods) as object) };
  });
  afterAll(() => used.remove());
  return {
    called,
    get api() {
      return api;
    },
    get isServers() {
      return used.isServers;
    },
    advance: (ms) => used.advance(ms),
    seeDead: (processId) => used.seeDead(processId),
  };
}

/** A process that may be registered. */
export function aHolder(): Omit<ExecutorProcess, "leaseExpiresAt"> {
  const startedAt = systemClock.now();
  return { id: uuidv7(), host: "alder", bootId: "boot-1", pid: 4711, startToken: "123", startedAt };
}

/** A process that is registered. */
export async function register(api: Api, more: Partial<ExecutorProcess> = {}): Promise<string> {
  const holder = aHolder();
  await api.registerProcess({ ...holder, ...more });
  return holder.id;
}

/** A run that its process has begun: Running, epoch 1. */
export async function begin(api: Api, processId: string, more: Partial<NewFlowRun> = {}): Promise<FlowRun> {
  const at = systemClock.now();
  const states = [aState("PENDING", at), aState("RUNNING", at + 1)];
  const { created } = await api.record({ processId, created: [aFlowRun({ states, ownerId: processId, ...more })] });
  return (created[0] as (typeof created)[number]).run;
}

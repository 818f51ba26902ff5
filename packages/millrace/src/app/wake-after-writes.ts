import type { Api } from "../contract/api.ts";

/** What gives a loop something to do at once. What others do is noticed soon enough. */
const wakers = [
  "createObject",
  "updateObject",
  "saveDeployment",
  "updateDeployment",
  "resumeDeployment",
  "createSchedule",
  "updateSchedule",
] as const satisfies readonly (keyof Api)[];

/** The same Api, which wakes the loops of this process when it was told something that they wait for. */
export function wakeAfterWrites(api: Api, wake: () => void): Api {
  const woken = wakers.map((method) => {
    const call = api[method] as (...args: readonly unknown[]) => Promise<unknown>;
    return [method, (...args: readonly unknown[]) => call(...args).finally(wake)] as const;
  });
  return { ...api, ...(Object.fromEntries(woken) as Pick<Api, (typeof wakers)[number]>) };
}

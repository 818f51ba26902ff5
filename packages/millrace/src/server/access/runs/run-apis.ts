/** The Api as the process of one run has it: each call is held against what belongs to the run. */

import type { KeyScope } from "../../../contract/access.ts";
import type { Api } from "../../../contract/api.ts";
import { type ApiMethod, apiMethods } from "../../../contract/wire/v1-calls.ts";
import { type CallOfRun, runRightOf } from "../../../contract/wire/v1-policies.ts";
import type { Clock } from "../../../kit/clock.ts";
import { toRunKeyRefusal } from "../guard.ts";
import { createChecks } from "./check-of-run.ts";
import { createOwnRuns } from "./own-runs.ts";

/** Of so many runs it is known what belongs to them. */
const maxRuns = 1000;

type Call = (...args: readonly unknown[]) => Promise<unknown>;
type ApiOfRun = Readonly<Record<ApiMethod, Call>>;

export function createRunApis(api: Api, clock: Clock): (scope: KeyScope) => ApiOfRun {
  const made = new Map<string, ApiOfRun>();
  return (scope) => {
    const key = JSON.stringify(scope);
    const found = made.get(key) ?? createRunApi(api, scope, clock);
    // Those that were asked for last come last.
    made.delete(key);
    made.set(key, found);
    const [oldest] = made.keys();
    if (made.size > maxRuns && oldest !== undefined) made.delete(oldest);
    return found;
  };
}

function createRunApi(api: Api, scope: KeyScope, clock: Clock): ApiOfRun {
  const checks =
    scope.kind === "run" ? createChecks({ api, own: createOwnRuns(api, scope), now: () => clock.now() }) : null;

  function refuse(action: ApiMethod, reason: string): Call {
    return async () => {
      throw toRunKeyRefusal(scope, { action, reason });
    };
  }

  function toCall(method: ApiMethod): Call {
    const call: Call = (...args) => Reflect.apply(api[method] as Call, api, args);
    switch (runRightOf(method)) {
      case "read":
        return call;
      case "none":
        return refuse(method, "is not for runs");
      case "own":
        if (checks === null) return refuse(method, "is for a process that has a run");
        return checked(method, { call, check: checks[method as CallOfRun] as unknown as AnyCheck });
    }
  }

  function checked(method: ApiMethod, { call, check }: { readonly call: Call; readonly check: AnyCheck }): Call {
    return async (...args) => {
      const given = await check.with(...args);
      if (given === null)
        throw toRunKeyRefusal(scope, { action: method, reason: "is about what is not the run's own" });
      const answer = await call(...given);
      check.then?.(answer, ...given);
      return answer;
    };
  }

  return Object.fromEntries(apiMethods.map((method) => [method, toCall(method)])) as ApiOfRun;
}

/** A check as what all of them have in common. */
interface AnyCheck {
  readonly with: (...args: readonly unknown[]) => Promise<readonly unknown[] | null>;
  readonly then?: (answer: unknown, ...args: readonly unknown[]) => void;
}

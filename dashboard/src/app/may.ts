/** What the person may not do, said where they would do it: the server holds to it in any case. */

import { type AccountRole, type CallName, isAllowed, policyOf } from "millrace/client";
import { useSession } from "../api/session.ts";

/** A call that something leads to; with its arguments where it depends on them who may. */
export type Needs = CallName | readonly [call: CallName, ...args: readonly unknown[]];

function whyNotOf(role: AccountRole | null, needs: Needs | undefined): string | null {
  if (role === null || needs === undefined) return null;
  const [call, ...args] = typeof needs === "string" ? ([needs] as const) : needs;
  const policy = policyOf(call, ...args);
  if (policy === "anyone" || isAllowed(role, policy)) return null;
  return `Your role, ${role}, may not do this: it needs ${policy.role}`;
}

/** Says why something may not be done; null for what may, as is everything without access control. */
export function useWhyNot(): (needs: Needs | undefined) => string | null {
  const role = useSession()?.account?.role ?? null;
  return (needs) => whyNotOf(role, needs);
}

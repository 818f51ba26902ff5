import { serverPolicies } from "../../contract/wire/v1-policies.ts";

/** What a route that is no method of Api needs, and its name in the audit log. */
export function serverRoute<Action extends keyof typeof serverPolicies>(action: Action) {
  return { config: { policy: serverPolicies[action], action } };
}

/** The answer to a proposed state, as clients are told it. */

import type { Decision } from "../../../contract/states.ts";
import type { OrchestrationResult } from "../schemas/states.ts";
import { type StateOf, toPrefectState } from "./state.ts";

export function toOrchestrationResult(decision: Decision, of: StateOf): OrchestrationResult {
  switch (decision.answer) {
    case "ACCEPT":
      return { state: toPrefectState(decision.state, of), status: "ACCEPT", details: { type: "accept_details" } };
    case "REJECT": {
      const details = { type: "reject_details", reason: decision.reason } as const;
      return { state: toPrefectState(decision.state, of), status: "REJECT", details };
    }
    case "WAIT": {
      const { forMs, reason } = decision;
      const details = { type: "wait_details", delay_seconds: Math.ceil(forMs / 1000), reason } as const;
      return { state: null, status: "WAIT", details };
    }
    case "ABORT":
      return { state: null, status: "ABORT", details: { type: "abort_details", reason: decision.reason } };
  }
}

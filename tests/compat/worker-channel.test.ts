import { describeScenario } from "./harness/scenario.ts";

/** A run that stays Cancelling is waited for no longer than this. */
describeScenario("worker_channel.py", {
  env: {
    millrace: { MILLRACE_CANCEL_WITHIN_MS: "2s" },
    prefect: {
      PREFECT_SERVER_SERVICES_CANCELLATION_CLEANUP_CANCELLING_TIMEOUT_SECONDS: "2",
      PREFECT_SERVER_SERVICES_CANCELLATION_CLEANUP_LOOP_SECONDS: "1",
    },
  },
});

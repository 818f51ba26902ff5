/** What is asked of the server itself, before anything else. */

import { prefectApiVersion } from "./client-version.ts";
import { PrefectError } from "./errors.ts";
import type { PrefectContext, PrefectHandlers } from "./routes-table-types.ts";

export function serverHandlers({
  api,
  version,
}: Pick<PrefectContext, "api" | "version">): Pick<
  PrefectHandlers,
  "healthCheck" | "performReadinessCheck" | "hello" | "serverVersion" | "readVersion" | "createCsrfToken"
> {
  return {
    healthCheck: async () => ({ status: 200, body: true }),

    async performReadinessCheck() {
      try {
        await api.listFlowRuns({ ids: [] }, "created-desc", { limit: 1 });
        return { status: 200, body: { message: "OK" } };
      } catch {
        return { status: 503, body: { message: "Database is not available" } };
      }
    },

    hello: async () => ({ status: 200, body: "👋" }),
    serverVersion: async () => ({ status: 200, body: prefectApiVersion }),
    readVersion: async () => ({ status: 200, body: version }),

    /** Pages of other origins are refused already, so clients need no token; this text tells them so. */
    async createCsrfToken() {
      throw new PrefectError({ status: 422, detail: "CSRF protection is disabled." });
    },
  };
}

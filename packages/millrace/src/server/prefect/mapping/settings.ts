/**
 * The server's settings as Prefect shapes them: those of ours that have a counterpart there, and what holds of any server of
 * ours. A client that reads what is missing takes its own default.
 */

import { maxParameterBytes } from "../../../contract/deployments.ts";
import { defaultHeartbeatMs, missedHeartbeats, servedForMs } from "../../../contract/work.ts";
import type { ServerSettings, ShownSetting } from "../../../contract/wire/server-description.ts";
import { maxLimit } from "../schemas/common.ts";

/** As Prefect shows a secret that is set. */
const masked = "**********";

type JsonObject = Readonly<Record<string, unknown>>;

/** Null where nothing is told of our settings. */
export function toPrefectSettings(settings: ServerSettings | null): JsonObject {
  const shown = new Map((settings?.settings ?? []).map(({ name, value }) => [name, value]));
  const isTold = shown.size > 0;
  const read = (name: string): ShownSetting => shown.get(name) ?? null;
  const runRetention = toIsoDuration(read("runRetentionMs"));
  return {
    ...(isTold ? { home: read("home"), logging: { level: toPythonLevel(read("logLevel")) } } : {}),
    debug_mode: false,
    server: {
      // Clients of Prefect tell its makers of their use unless the server says otherwise.
      analytics_enabled: false,
      ...(isTold ? { metrics_enabled: read("metrics") === "on" } : {}),
      api: {
        ...(isTold ? { host: read("serverHost"), port: read("serverPort") } : {}),
        auth_string: read("accessControl") === "on" ? masked : null,
        default_limit: maxLimit,
        csrf_protection_enabled: false,
        max_parameter_size: maxParameterBytes,
      },
      ...(isTold ? { database: toDatabase(read("database")) } : {}),
      events: { stream_out_enabled: true, ...withPeriod(toIsoDuration(read("eventRetentionMs"))) },
      services: {
        cancellation_cleanup: {
          enabled: true,
          ...(isTold ? { cancelling_timeout_seconds: toSeconds(read("cancelWithinMs")) } : {}),
        },
        db_vacuum: {
          enabled: runRetention === null ? ["events"] : ["events", "flow_runs"],
          ...withPeriod(runRetention),
        },
        foreman: {
          enabled: true,
          inactivity_heartbeat_multiple: missedHeartbeats,
          fallback_heartbeat_interval_seconds: defaultHeartbeatMs / 1000,
          deployment_last_polled_timeout_seconds: servedForMs / 1000,
          work_queue_last_polled_timeout_seconds: servedForMs / 1000,
        },
        late_runs: { enabled: true, ...(isTold ? { after_seconds: toIsoDuration(read("lateAfterMs")) } : {}) },
        pause_expirations: { enabled: true },
        scheduler: {
          enabled: true,
          ...(isTold ? { max_scheduled_time: toIsoDuration(read("scheduleHorizonMs")) } : {}),
        },
        triggers: { enabled: true },
      },
      ui: { enabled: true },
    },
  };
}

/** The address of a database holds its password, so Prefect masks all of it. */
function toDatabase(database: ShownSetting): JsonObject {
  return { connection_url: masked, driver: database === null ? "sqlite+aiosqlite" : "postgresql+asyncpg" };
}

function withPeriod(period: string | null): JsonObject {
  return period === null ? {} : { retention_period: period };
}

function toSeconds(ms: ShownSetting): number | null {
  return typeof ms === "number" ? ms / 1000 : null;
}

/** `PT604800S`, which is `P7D` to who reads it. */
function toIsoDuration(ms: ShownSetting): string | null {
  const seconds = toSeconds(ms);
  return seconds === null ? null : `PT${seconds}S`;
}

const pythonLevels: Readonly<Record<string, string>> = { trace: "DEBUG", warn: "WARNING", fatal: "CRITICAL" };

function toPythonLevel(level: ShownSetting): string {
  return pythonLevels[String(level)] ?? String(level).toUpperCase();
}

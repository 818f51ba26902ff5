/** What PostgreSQL and its driver report, as errors of the catalogue. Codes: PostgreSQL documentation, appendix A. */

import { MillraceError } from "../../contract/errors.ts";

/** Of two transactions that were in each other's way this one was undone: nothing of it happened, so it can be tried again. */
const races: ReadonlySet<string> = new Set([
  "40001", // serialization_failure
  "40P01", // deadlock_detected
  "55P03", // lock_not_available
  "P0002", // no_data_found: the run that held an idempotency key was deleted meanwhile
]);

const unwritable: ReadonlySet<string> = new Set([
  "25006", // read_only_sql_transaction: a standby
  "42501", // insufficient_privilege
]);

const corrupt: ReadonlySet<string> = new Set(["XX001", "XX002"]);
const full: ReadonlySet<string> = new Set(["53100"]);

/** A value that its column cannot hold. */
const unkept: ReadonlySet<string> = new Set([
  "22003", // numeric_value_out_of_range
  "22P02", // invalid_text_representation
]);

/** Classes: connection exceptions, authorization, resources, the server being stopped or started; and a transaction left alone too long. */
const unreachable = /^(08|25P03|28|53|57P|3D)/;

/** Codes of Node's sockets and name look-ups. */
const network = /^(E[A-Z]{3,}|ERR_[A-Z_]+|CERT_[A-Z_]+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN)$/;

export function isRace(error: unknown): boolean {
  return races.has(codeOf(error) ?? "");
}

/** A row with such a key is there: unique_violation. */
export function isDuplicate(error: unknown): boolean {
  return codeOf(error) === "23505";
}

/** The error of the catalogue where there is one, else the error itself. */
export function toStoreError(error: unknown, location: string): unknown {
  const code = codeOf(error);
  const reason = reasonOf(error);
  const options = { cause: error };
  if (code !== undefined) {
    if (unwritable.has(code)) return new MillraceError("LEDGER_UNWRITABLE", { location, reason }, options);
    if (corrupt.has(code)) return new MillraceError("LEDGER_CORRUPT", { location, reason }, options);
    if (unkept.has(code)) return new MillraceError("OBJECT_INVALID", { reason }, options);
    if (full.has(code)) return new MillraceError("LEDGER_FULL", { location }, options);
    if (races.has(code)) return new MillraceError("LEDGER_BUSY", { location, waited: "several tries" }, options);
  }
  const isLost = code === undefined ? isLostConnection(error) : unreachable.test(code) || network.test(code);
  return isLost ? new MillraceError("DATABASE_UNREACHABLE", { location, reason }, options) : error;
}

/** The driver has no code for a connection that ended or was not made in time. */
function isLostConnection(error: unknown): boolean {
  return error instanceof Error && /connection|timeout/i.test(error.message);
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  return error.code;
}

/** Several addresses that refused are one error without a message. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(reasonOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}

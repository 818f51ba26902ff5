/**
 * The text of the key of a run's process: `mr_run_`, what it is for, and an HMAC-SHA256 of that by the digest of the worker's
 * own key. The worker knows its key and the server that digest, so that both make the same of it, and nothing has to be kept:
 * the key is worth nothing any more when the worker's is deleted. Whoever has it cannot make another one.
 *
 *   mr_run_<worker's key><run><process>.<epoch>.<mac>     of a run
 *   mr_run_<worker's key>.<ms since the epoch>.<mac>      while the code is loaded, until then
 *
 * Ids are 16 bytes in base64url, numbers are in base 36.
 */

import type { KeyScope } from "../../contract/access.ts";
import { crypto } from "../../kit/sha256.ts";
import { isSameDigest, type ParsedKey, parseKey, toLongId, toShortId } from "./key-text.ts";

const form = /^mr_run_([\w-]{22})([\w-]{44})?\.([0-9a-z]{1,11})\.([\w-]{43})$/;
/** Nothing else is signed by a key's digest under this word. */
const domain = "millrace run key 1\n";

export interface ParsedRunKey {
  /** Of the worker's key. */
  readonly keyId: string;
  readonly scope: KeyScope;
  /** In ms since the epoch; null: as long as the process has the run. */
  readonly expiresAt: number | null;
  /** What was signed, and by what it is proved. */
  readonly signed: string;
  readonly mac: string;
}

/** Makes keys of a worker's own key; null for what is no key of an account. */
export function createRunKeys(workersKey: string): {
  readonly ofRun: (scope: Extract<KeyScope, { kind: "run" }>) => string;
  /** @param expiresAt in ms since the epoch */
  readonly forLoading: (expiresAt: number) => string;
} | null {
  const parsed = parseKey(workersKey);
  if (parsed === null) return null;
  const sign = (signed: string): string => `${signed}.${macOf(signed, parsed)}`;
  const start = `mr_run_${toShortId(parsed.id)}`;
  return {
    ofRun: ({ flowRunId, processId, epoch }) =>
      sign(`${start}${toShortId(flowRunId)}${toShortId(processId)}.${epoch.toString(36)}`),
    forLoading: (expiresAt) => sign(`${start}.${Math.floor(expiresAt).toString(36)}`),
  };
}

/** Null for what is no key of a run. It is not proved by that. */
export function parseRunKey(text: string): ParsedRunKey | null {
  const [, keyId, ids, number, mac] = form.exec(text) ?? [];
  if (keyId === undefined || number === undefined || mac === undefined) return null;
  const value = Number.parseInt(number, 36);
  const common = { keyId: toLongId(keyId), signed: text.slice(0, -mac.length - 1), mac };
  if (ids === undefined) return { ...common, scope: { kind: "loading" }, expiresAt: value };
  const flowRunId = toLongId(ids.slice(0, 22));
  const processId = toLongId(ids.slice(22));
  return { ...common, scope: { kind: "run", flowRunId, processId, epoch: value }, expiresAt: null };
}

/** Whether the worker's key has made it. */
export function isSignedBy({ signed, mac }: ParsedRunKey, key: Pick<ParsedKey, "digest">): boolean {
  return isSameDigest(mac, macOf(signed, key));
}

function macOf(signed: string, { digest }: Pick<ParsedKey, "digest">): string {
  return crypto().createHmac("sha256", Buffer.from(digest, "hex")).update(domain).update(signed).digest("base64url");
}

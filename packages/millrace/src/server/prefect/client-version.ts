/** The version of the API that a client was made for, which it sends with every request. */

import { PrefectError } from "./errors.ts";

const header = "X-PREFECT-API-VERSION";

/** The version of the API that this is, as `X-PREFECT-API-VERSION` counts. */
export const prefectApiVersion = "0.8.4";

/** As in Prefect's own server. Newer ones are served: what they send that is not known is ignored. */
const oldest = [0, 8, 0] as const;

/** A client that says nothing is served. @throws PrefectError 400 */
export function checkClientVersion(given: string | readonly string[] | undefined): void {
  const version = typeof given === "string" ? given : given?.[0];
  if (version === undefined || version === "") return;
  if (!/^\d+\.\d+\.\d+$/.test(version)) {
    // The missing space is Prefect's.
    const detail = `Invalid ${header} header format.Expected header in format 'x.y.z' but received ${version}`;
    throw new PrefectError({ status: 400, detail });
  }
  if (!isOlder(version.split(".").map(Number), oldest)) return;
  const detail = `The request specified API version ${version} but this server requires version ${oldest.join(".")} or higher.`;
  throw new PrefectError({ status: 400, detail });
}

function isOlder(version: readonly number[], than: readonly number[]): boolean {
  for (const [index, part] of than.entries()) {
    const given = version[index] ?? 0;
    if (given !== part) return given < part;
  }
  return false;
}

/** The version of Prefect that a client says it is, as its `User-Agent` has it; null for others. */
function clientVersionOf(userAgent: string | undefined): readonly number[] | null {
  const [, version] = /^prefect\/(\d+\.\d+\.\d+)[a-z.+0-9]* \(API \S+\)$/.exec(userAgent ?? "") ?? [];
  return version === undefined ? null : version.split(".").map(Number);
}

/** The first version of Prefect whose clients renew the lease of the slot that a run has of its deployment. */
const renewsSlotsSince = [3, 4, 11] as const;

/** Whoever does not say that it is one of Prefect's newer clients is thought not to, as on Prefect's own server. */
export function renewsItsSlot(userAgent: string | undefined): boolean {
  const version = clientVersionOf(userAgent);
  return version !== null && !isOlder(version, renewsSlotsSince);
}

/** What is wrong with job variables, and with the defaults of a base job template. */

import type { ValueFault } from "../../../contract/api.ts";
import type { MillraceError } from "../../../contract/errors.ts";

/** The first fault alone, as Prefect tells it. */
export function describeVariableFault({ paths, issues }: MillraceError["data"]): string {
  const [fault] = paths as readonly ValueFault[];
  if (fault === undefined) return `Validation failed. Failure reason: ${String(issues)}`;
  return `Validation failed for field '${fault.path.join(".")}'. Failure reason: ${fault.message}`;
}

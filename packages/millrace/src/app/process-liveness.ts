import type { ExecutorProcess } from "../contract/records.ts";
import { isSameProcessAlive, type Liveness } from "../kit/process-identity.ts";

/** Whether a holder of leases still runs, as far as it can be seen from this process; a few system calls. */
export function isAlive({ host, bootId, pid, startToken }: ExecutorProcess): Liveness {
  return isSameProcessAlive({ host, bootId, pid, startToken });
}

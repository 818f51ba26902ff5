/** What GET /v1/version answers. */
export interface ServerInfo {
  readonly name: "millrace";
  /** Of the package that serves. */
  readonly version: string;
  /** Of the API: raised when an older client could not work with it any more. */
  readonly apiVersion: number;
  /** How long the lease of a process lasts that does not renew it, in ms. */
  readonly leaseMs: number;
  /** It knows the keys that a worker makes for its runs. Absent: it does not, or asks nobody who they are. */
  readonly runKeys?: true;
}

export const apiVersion = 1;

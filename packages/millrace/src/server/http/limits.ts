/** The bounds of a server. */

export interface ServerLimits {
  /** The largest body of a request where its route does not say, in bytes, unpacked. */
  readonly maxBodyBytes: number;
  /** Requests that are worked on at once; more are told to come again. Streams do not count. */
  readonly maxRequestsInFlight: number;
  /** Of them those of one client, which is an address. */
  readonly maxRequestsOfClient: number;
  /** Event streams that are open at once. */
  readonly maxStreams: number;
  /** Of them those of one client. */
  readonly maxStreamsOfClient: number;
  /** Workers that wait for a run to be due at once; others are answered without waiting. */
  readonly maxWaiting: number;
  /** Of them those of one client. */
  readonly maxWaitingOfClient: number;
  /** WebSockets of Prefect's clients that are open at once. */
  readonly maxSockets: number;
  /** Of them those of one client. */
  readonly maxSocketsOfClient: number;
  /** What a busy server asks of a client: how long to wait, in s. */
  readonly retryAfterS: number;
  /** How long a connection that nothing is asked on stays open, in ms. */
  readonly keepAliveMs: number;
  /** How long the database may take to answer when it is asked whether the server is ready, in ms. */
  readonly readyWithinMs: number;
  /** How long the head of a request may take to come in, in ms: who sends it byte by byte is cut off. */
  readonly headMs: number;
  /** How long all of it may take, in ms. An answer may take as long as it needs. */
  readonly requestMs: number;
  /** How often it is looked for requests that take longer, in ms. */
  readonly lookEveryMs: number;
  /** How long requests under way may take once the server stops, in ms. */
  readonly drainMs: number;
}

export const defaultLimits: ServerLimits = {
  maxBodyBytes: 2 ** 20,
  maxRequestsInFlight: 512,
  maxRequestsOfClient: 384,
  maxStreams: 4096,
  maxStreamsOfClient: 3072,
  maxWaiting: 4096,
  maxWaitingOfClient: 3072,
  maxSockets: 4096,
  maxSocketsOfClient: 3072,
  retryAfterS: 1,
  keepAliveMs: 72_000,
  readyWithinMs: 1000,
  headMs: 10_000,
  requestMs: 60_000,
  lookEveryMs: 5000,
  drainMs: 10_000,
};

/** What one client may have of so many: the others are kept for others. */
export function partOfClient(max: number): number {
  return Math.ceil((max * 3) / 4);
}

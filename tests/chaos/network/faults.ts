/** What a network does to the bytes that go through it, in each of its two directions. */

export interface Faults {
  readonly toServer?: LinkFaults;
  readonly toClient?: LinkFaults;
}

/** One direction. What is left out does not happen. */
export interface LinkFaults {
  /** What comes is handed on so much later, and in order; and up to so much later again, as is drawn. In ms. */
  readonly latencyMs?: number;
  readonly jitterMs?: number;
  readonly bytesPerSecond?: number;
  /** What comes at once is handed on in pieces of 1 to so many bytes, as is drawn. */
  readonly sliceBytes?: number;
  /** Nothing comes through, not even the end of a connection. It all does once this is over, as TCP sends it again. */
  readonly isBlackHole?: boolean;
  /** A connection is cut when so many bytes have come through it since this was set. */
  readonly limit?: { readonly bytes: number; readonly then: Cut };
  /** How often what comes at once cuts its connection and is lost: 0 never, 1 always. */
  readonly cutShare?: number;
}

/**
 * `reset`: both sides hear that the connection broke. `close`: both hear that it ended, as if the other had said so.
 * `half-close`: whom this direction goes to hears that, and the other direction goes on.
 */
export type Cut = "reset" | "close" | "half-close";

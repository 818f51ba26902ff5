/**
 * Places for what a server does at once, of which one client may have a part: what it asks too much must not keep others out.
 * A client is an address, for whoever asks too much may call itself anything.
 */

import { MillraceError } from "../../contract/errors.ts";

export interface ClientShares {
  readonly taken: number;
  /**
   * Takes a place, until what it gives back is called.
   *
   * @throws CLIENT_BUSY when the client has its part, SERVER_BUSY when all are taken
   */
  take(client: string): () => void;
}

export function createClientShares(options: {
  readonly max: number;
  /** Of one client. */
  readonly maxOfClient: number;
  /** What a number of them is called: "3 streams are open". */
  readonly describe: (count: number) => string;
}): ClientShares {
  const { max, maxOfClient, describe } = options;
  const ofClients = new Map<string, number>();
  let taken = 0;

  function giveBack(client: string): void {
    taken--;
    const left = (ofClients.get(client) ?? 1) - 1;
    if (left === 0) ofClients.delete(client);
    else ofClients.set(client, left);
  }

  return {
    get taken() {
      return taken;
    },
    take(client) {
      const own = ofClients.get(client) ?? 0;
      if (own >= maxOfClient) throw new MillraceError("CLIENT_BUSY", { reason: describe(own) });
      if (taken >= max) throw new MillraceError("SERVER_BUSY", { reason: describe(taken) });
      taken++;
      ofClients.set(client, own + 1);
      let isTaken = true;
      return () => {
        if (isTaken) giveBack(client);
        isTaken = false;
      };
    },
  };
}

/**
 * Places for what a server does at once, of which one client may have a part: what it asks too much must not keep others out.
 * A client is an address, of IPv6 a network, for whoever asks too much may call itself anything.
 */

import { MillraceError } from "../../contract/errors.ts";
import { networkOf } from "../../kit/client-network.ts";

export interface ClientShares {
  readonly taken: number;
  /**
   * Takes a place, until what it gives back is called.
   *
   * @throws CLIENT_BUSY when the client has its part, SERVER_BUSY when all are taken
   */
  take(address: string): () => void;
}

export function createClientShares(options: {
  readonly max: number;
  /** Of one client. */
  readonly maxOfClient: number;
  /** What a number of them is called: "3 streams are open". */
  readonly describe: (count: number) => string;
  /** Told of each that is refused, and by which limit. */
  readonly onRefused?: (limit: "client" | "server") => void;
}): ClientShares {
  const { max, maxOfClient, describe, onRefused = () => undefined } = options;
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
    take(address) {
      const client = networkOf(address);
      const own = ofClients.get(client) ?? 0;
      if (own >= maxOfClient) {
        onRefused("client");
        throw new MillraceError("CLIENT_BUSY", { reason: describe(own) });
      }
      if (taken >= max) {
        onRefused("server");
        throw new MillraceError("SERVER_BUSY", { reason: describe(taken) });
      }
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

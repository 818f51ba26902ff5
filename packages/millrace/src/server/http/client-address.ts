/**
 * From which address a request comes. Behind a proxy that is the proxy's own, and the client's is what the proxy has written
 * at the right end of X-Forwarded-For. Everybody can send that header, so it is believed only from addresses that are known to
 * be proxies, hop by hop from the right: what is left of the first address that is none of them is the client's own say.
 */

import type { IncomingMessage } from "node:http";
import { BlockList, isIP, SocketAddress } from "node:net";
import type { FastifyInstance } from "fastify";

declare module "fastify" {
  interface FastifyRequest {
    /** Where it comes from, as far as is known; see server/http/client-address.ts. */
    readonly clientAddress: string;
  }
}

export type ReadAddress = (request: Pick<IncomingMessage, "headers" | "socket">) => string;

/** @param trusted addresses and networks of proxies, as `10.0.0.0/8`, that are right */
export function createAddressReader(trusted: readonly string[]): ReadAddress {
  const proxies = toBlockList(trusted);

  const isProxy = (address: string): boolean => {
    const version = isIP(address);
    return version !== 0 && proxies.check(address, version === 4 ? "ipv4" : "ipv6");
  };

  return ({ headers, socket }) => {
    let address = canonical(socket.remoteAddress ?? "") ?? "";
    if (trusted.length === 0 || !isProxy(address)) return address;
    // Several of them are one header, joined in their order.
    const hops = [headers["x-forwarded-for"] ?? ""].flat().join(",").split(",");
    while (isProxy(address)) {
      const next = canonical(hops.pop() ?? "");
      // What a proxy did not write as an address is nobody's.
      if (next === null) break;
      address = next;
    }
    return address;
  };
}

export function addClientAddress(app: FastifyInstance, readAddress: ReadAddress): void {
  app.decorateRequest("clientAddress", {
    getter() {
      return readAddress(this.raw);
    },
  });
}

function toBlockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    const family = isIP(address) === 4 ? "ipv4" : "ipv6";
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/** One spelling for each address, without a port; an IPv4 one that came over IPv6 is an IPv4 one. Null for what is none. */
function canonical(text: string): string | null {
  const [, bracketed, plain] = /^\s*(?:\[([^\]]*)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)\s*$/.exec(text) ?? [];
  const [address = ""] = (bracketed ?? plain ?? text.trim()).split("%");
  const version = isIP(address);
  if (version === 0) return null;
  if (version === 4) return address;
  const known = new SocketAddress({ address, family: "ipv6" }).address;
  return known.startsWith("::ffff:") && isIP(known.slice(7)) === 4 ? known.slice(7) : known;
}

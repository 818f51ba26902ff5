/**
 * Which addresses the server may send to for people. What they write down is a name; what counts is the address that the name has
 * in the moment of the connection, for it can have another one each time it is asked for.
 */

import { BlockList, isIP } from "node:net";

export interface AddressPolicy {
  /**
   * Private networks that may be sent to, as `10.0.0.0/8`; `all` for each but those in which machines of clouds tell their
   * secrets, which must be named.
   */
  readonly privateNetworks: readonly string[] | "all";
}

/** Why nothing is sent to this address; null when it may be. `allowsPrivate` is what the block itself says. */
export type AddressCheck = (address: string, options: { readonly allowsPrivate: boolean }) => string | null;

export function createAddressCheck({ privateNetworks }: AddressPolicy): AddressCheck {
  const named = toBlockList(privateNetworks === "all" ? [] : privateNetworks);
  return (address, { allowsPrivate }) => {
    if (!has(notPublic, address)) return null;
    if (!allowsPrivate) return "the address leads into a private network";
    if (has(named, address)) return null;
    if (privateNetworks === "all" && !has(telling, address)) return null;
    return "the address leads into a private network that this server does not send to (privateNetworks)";
  };
}

/** An address that is written as one: nothing is asked for it. Null for a name. */
export function literalAddress(hostname: string): string | null {
  const host = hostname.replace(/^\[|\]$/g, "");
  return isIP(host) === 0 ? null : host;
}

function toBlockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    const family = isIP(address) === 4 ? "ipv4" : "ipv6";
    list.addSubnet(address, Number(prefix ?? (family === "ipv4" ? 32 : 128)), family);
  }
  return list;
}

function has(list: BlockList, address: string): boolean {
  const [plain = ""] = address.split("%");
  return list.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
}

/**
 * What is not of the internet: RFC 6890 and its successors. Of IPv6 also what has an address of IPv4 in it, and of IPv4 an address
 * by which the machines of one cloud (Azure) are told of themselves.
 */
const notPublic = toBlockList([
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "168.63.129.16/32",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
  "::/96",
  "::ffff:0:0:0/96",
  "64:ff9b::/96",
  "64:ff9b:1::/48",
  "100::/64",
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "3fff::/20",
  "5f00::/16",
  "fc00::/7",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
]);

/** Where machines of clouds are told who they are, with keys; of IPv6 also what is translated to the first of them. */
const telling = toBlockList([
  "169.254.0.0/16",
  "100.100.100.200/32",
  "168.63.129.16/32",
  "192.0.0.192/32",
  "fe80::/10",
  "fd00:ec2::/32",
  "fd00:42::/32",
  "fd20:ce::/32",
  "::169.254.0.0/112",
  "::ffff:0:169.254.0.0/112",
  "64:ff9b::169.254.0.0/112",
  "64:ff9b:1::169.254.0.0/112",
  "2002:a9fe::/32",
]);

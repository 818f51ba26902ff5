/** Whom an address belongs to, for what is counted by address. */

const groupsOfAddress = 8;
/** The half that a network is known by. */
const groupsOfNetwork = 4;

/**
 * What whoever has this address has all of: the address itself, but of IPv6 the network of 64 bits, for the smallest that anybody is
 * given holds more addresses than can be counted. A text that is no address is its own.
 *
 * @example networkOf("2001:db8:1:2:3::9") // "2001:db8:1:2::/64"
 */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::", 2).map((half) => half.split(":").filter((group) => group !== ""));
  const [before, after] = [head as readonly string[], tail ?? []];
  // The last group may be an address of IPv4, which is two.
  const written = before.length + after.length + (address.includes(".") ? 1 : 0);
  const zeros = Array.from({ length: Math.max(0, groupsOfAddress - written) }, () => "0");
  return `${[...before, ...zeros, ...after].slice(0, groupsOfNetwork).join(":")}::/64`;
}

import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { createAddressReader } from "./client-address.ts";

function from(remoteAddress: string, forwarded?: string): Pick<IncomingMessage, "headers" | "socket"> {
  const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
  return { headers, socket: { remoteAddress } as IncomingMessage["socket"] };
}

test.each<[what: string, trusted: readonly string[], remote: string, forwarded: string | undefined, address: string]>([
  ["nobody is trusted", [], "10.0.0.1", "203.0.113.7", "10.0.0.1"],
  ["a client of its own names others", ["10.0.0.1"], "198.51.100.2", "203.0.113.7", "198.51.100.2"],
  ["the proxy says who came", ["10.0.0.1"], "10.0.0.1", "203.0.113.7", "203.0.113.7"],
  ["the proxy says nothing", ["10.0.0.1"], "10.0.0.1", undefined, "10.0.0.1"],
  ["the client has sent the header too", ["10.0.0.0/8"], "10.0.0.1", "127.0.0.1, 203.0.113.7", "203.0.113.7"],
  ["the client names a proxy", ["10.0.0.0/8"], "10.0.0.1", "10.9.9.9, 203.0.113.7", "203.0.113.7"],
  ["there are two proxies", ["10.0.0.0/8"], "10.0.0.1", "6.6.6.6, 203.0.113.7, 10.0.0.2", "203.0.113.7"],
  ["the outer proxy is not trusted", ["10.0.0.1"], "10.0.0.1", "203.0.113.7, 10.0.0.2", "10.0.0.2"],
  ["all of them are trusted", ["10.0.0.0/8"], "10.0.0.1", "10.0.0.3,10.0.0.2", "10.0.0.3"],
  ["the last one is no address", ["10.0.0.1"], "10.0.0.1", "203.0.113.7, unknown", "10.0.0.1"],
  ["one is no address", ["10.0.0.0/8"], "10.0.0.1", "203.0.113.7, <script>, 10.0.0.2", "10.0.0.2"],
  ["it is empty", ["10.0.0.1"], "10.0.0.1", "", "10.0.0.1"],
  ["it has nothing but commas", ["10.0.0.1"], "10.0.0.1", ",,,", "10.0.0.1"],
  ["there are ports", ["10.0.0.1"], "10.0.0.1", "203.0.113.7:4711", "203.0.113.7"],
  ["there are brackets", ["10.0.0.1"], "10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7"],
  ["it is spelled at length", ["10.0.0.1"], "10.0.0.1", "2001:0DB8:0:0:0:0:0:7", "2001:db8::7"],
  ["it has a zone", ["fe80::/10"], "fe80::1%eth0", "2001:db8::7", "2001:db8::7"],
  ["IPv4 comes over IPv6", ["10.0.0.0/8"], "::ffff:10.0.0.1", "::ffff:203.0.113.7", "203.0.113.7"],
  ["the network is of IPv6", ["2001:db8:1::/48"], "2001:db8:1::5", "2001:db8:2::7", "2001:db8:2::7"],
  ["it is a socket without an address", ["10.0.0.1"], "", "203.0.113.7", ""],
])("the address where %s", (_, trusted, remote, forwarded, address) => {
  expect(createAddressReader(trusted)(from(remote, forwarded))).toBe(address);
});

test("a header of thousands of addresses is walked from its right end only", () => {
  const long = Array.from({ length: 2000 }, (_, index) => `6.6.${index >> 8}.${index & 255}`).join(",");
  expect(createAddressReader(["10.0.0.0/8"])(from("10.0.0.1", `${long},203.0.113.7,10.0.0.2`))).toBe("203.0.113.7");
});

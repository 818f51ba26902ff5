import { expect, test } from "vitest";
import { createAddressCheck } from "./check-address.ts";

const own = { allowsPrivate: true };
const strict = { allowsPrivate: false };

test("what is public may be sent to", () => {
  const check = createAddressCheck({ privateNetworks: [] });
  for (const address of ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1"]) {
    expect([address, check(address, strict)]).toEqual([address, null]);
  }
});

test("a private network may be where all may, but for those that tell secrets", () => {
  const check = createAddressCheck({ privateNetworks: "all" });
  expect(check("10.0.0.1", own)).toBeNull();
  expect(check("127.0.0.1", own)).toBeNull();
  expect(check("::1", own)).toBeNull();
  for (const address of [
    "169.254.169.254",
    "::ffff:169.254.169.254",
    "fd00:ec2::254",
    "100.100.100.200",
    "168.63.129.16",
    "::ffff:168.63.129.16",
    "fd20:ce::254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a9fe:a9fe",
    "::ffff:0:a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "fe80::1%eth0",
  ]) {
    expect([address, check(address, own)]).toEqual([address, expect.stringContaining("privateNetworks")]);
  }
});

test("of private networks only those that are named may be", () => {
  const check = createAddressCheck({ privateNetworks: ["10.1.0.0/16", "169.254.169.254", "fd12::/16"] });
  expect(check("10.1.2.3", own)).toBeNull();
  expect(check("::ffff:10.1.2.3", own)).toBeNull();
  expect(check("169.254.169.254", own)).toBeNull();
  expect(check("fd12::7", own)).toBeNull();
  expect(check("10.2.0.1", own)).toContain("privateNetworks");
  expect(check("127.0.0.1", own)).toContain("privateNetworks");
  // Whoever made the block may want less.
  expect(check("10.1.2.3", strict)).toBe("the address leads into a private network");
});

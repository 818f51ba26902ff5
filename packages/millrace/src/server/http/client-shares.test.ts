import { expect, test } from "vitest";
import { createClientShares } from "./client-shares.ts";

test("addresses of one network of IPv6 are one client", () => {
  const shares = createClientShares({ max: 9, maxOfClient: 2, describe: (count) => `${count} are open` });
  for (const at of [1, 2]) shares.take(`2001:db8:1:2::${at}`);
  expect(() => shares.take("2001:db8:1:2:3:4:5:6")).toThrow(expect.objectContaining({ code: "CLIENT_BUSY" }));
  shares.take("2001:db8:1:3::1");
  expect(shares.taken).toBe(3);
});

test("one client has its part, all together have all, and what is given back is there again", () => {
  const shares = createClientShares({ max: 3, maxOfClient: 2, describe: (count) => `${count} are open` });
  const giveBack = shares.take("a");
  shares.take("a");
  expect(() => shares.take("a")).toThrow(
    expect.objectContaining({ code: "CLIENT_BUSY", message: expect.stringContaining("2 are open") as string }),
  );
  shares.take("b");
  expect(() => shares.take("b")).toThrow(
    expect.objectContaining({ code: "SERVER_BUSY", message: expect.stringContaining("3 are open") as string }),
  );
  giveBack();
  giveBack();
  expect(shares.taken).toBe(2);
  shares.take("a");
  expect(() => shares.take("a")).toThrow(expect.objectContaining({ code: "CLIENT_BUSY" }));
});

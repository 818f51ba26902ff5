import { expect, test } from "vitest";
import { createClientShares } from "./client-shares.ts";

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

import { expect, test } from "vitest";
import { decideExpiry } from "./keys-table.ts";

test("a key that has expired, or will within 7 days, is marked", () => {
  const day = 86_400_000;
  const at = (expiresAt: number | null) => decideExpiry({ expiresAt }, 100 * day);
  expect([at(null), at(108 * day), at(107 * day), at(100 * day), at(99 * day)]).toEqual([
    "later",
    "later",
    "soon",
    "expired",
    "expired",
  ]);
});

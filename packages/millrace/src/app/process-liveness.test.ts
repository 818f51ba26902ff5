import { expect, test } from "vitest";
import { readProcessIdentity } from "../kit/process-identity.ts";
import { isAlive } from "./process-liveness.ts";

test("a holder of leases is looked at as the process it says it is", () => {
  const own = { id: "some id", startedAt: 0, leaseExpiresAt: 0, ...readProcessIdentity() };
  expect(isAlive(own)).toBe("alive");
  expect(isAlive({ ...own, startToken: "another" })).toBe("dead");
  expect(isAlive({ ...own, host: "another" })).toBe("unknown");
});

import { expect, test } from "vitest";
import { demandChanged } from "./demand-changed.ts";

test("what was changed is given back, and what was deleted meanwhile is told by its name", () => {
  const changed = { id: "1" };
  expect(demandChanged(changed, { kind: "webhook", name: "orders" })).toBe(changed);
  expect(() => demandChanged(null, { kind: "webhook", name: "orders" })).toThrow(
    expect.objectContaining({ code: "NOT_FOUND", message: expect.stringMatching(/webhook.*orders/s) }) as Error,
  );
});

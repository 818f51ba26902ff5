import { expect, test } from "vitest";
import { opaque, unmapped } from "./annotations.ts";
import { cancelled, completed, failed } from "./returned-states.ts";
import { concurrent, processes, threads } from "./runners.ts";

test("annotations carry their value and a mark that every copy of the package knows", () => {
  const list = [1, 2];
  expect(unmapped(list).value).toBe(list);
  expect(Reflect.get(unmapped(list), Symbol.for("millrace.unmapped"))).toBe(true);
  expect(Reflect.get(opaque(list), Symbol.for("millrace.opaque"))).toBe(true);
});

test("a state that is returned has the type of its function, and the names and values it is given", () => {
  expect(completed()).toMatchObject({ type: "COMPLETED", name: "Completed", value: undefined });
  expect(completed({ name: "Skipped", message: "nothing new", value: 3 })).toMatchObject({
    type: "COMPLETED",
    name: "Skipped",
    message: "nothing new",
    value: 3,
  });
  expect(failed({ message: "too low" })).toMatchObject({ type: "FAILED", name: "Failed", message: "too low" });
  expect(cancelled()).toMatchObject({ type: "CANCELLED", name: "Cancelled" });
  expect(failed()).not.toHaveProperty("message");
});

test("runners say where bodies run, and how many at once", () => {
  expect(concurrent({ limit: 8 })).toEqual({ kind: "concurrent", limit: 8 });
  expect(threads()).toEqual({ kind: "threads" });
  expect(processes({ limit: 2 })).toEqual({ kind: "processes", limit: 2 });
});

import { expect, test } from "vitest";
import { offeredActions } from "./which-actions.ts";

const offered = (type: Parameters<typeof offeredActions>[0]["state"]["type"]) =>
  offeredActions({ state: { type, name: type, at: 0 } });
const firsts = (type: Parameters<typeof offered>[0]) =>
  offered(type)
    .filter(({ isFirst }) => isFirst)
    .map(({ action }) => action);

test("what is most likely meant stands beside the title", () => {
  expect(firsts("PAUSED")).toEqual(["answer"]);
  expect(firsts("FAILED")).toEqual(["retry", "rerun"]);
  expect(firsts("RUNNING")).toEqual(["cancel"]);
  expect(firsts("COMPLETED")).toEqual(["rerun"]);
});

test("only what has ended is deleted", () => {
  const deletion = (type: Parameters<typeof offered>[0]) => offered(type).find(({ action }) => action === "delete");
  expect(deletion("RUNNING")?.whyNot).toBe("It is RUNNING: cancel it first.");
  expect(deletion("CANCELLED")?.whyNot).toBeNull();
});

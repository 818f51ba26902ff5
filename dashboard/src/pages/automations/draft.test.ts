import { expect, test } from "vitest";
import { draftOfEvent, emptyTrigger, templates, toDraft } from "./draft.ts";

test("an event of a run becomes a trigger over the runs of its flow", () => {
  const event = { name: "millrace.flow-run.Failed", resource: { id: "millrace.flow-run.1" } };
  expect(draftOfEvent(event, "millrace.flow.2")).toMatchObject({
    name: "on-flow-run-Failed",
    trigger: {
      expect: ["millrace.flow-run.Failed"],
      match: { id: "millrace.flow-run.*" },
      matchRelated: [{ id: "millrace.flow.2", role: "flow" }],
    },
  });
});

test("another event becomes a trigger over its resource", () => {
  const event = { name: "order.received", resource: { id: "order.7" } };
  expect(draftOfEvent(event, null)).toMatchObject({
    trigger: { expect: ["order.received"], match: { id: "order.7" }, matchRelated: [] },
  });
});

test("each template has a name and a trigger", () => {
  for (const { draft } of Object.values(templates)) expect(draft).toMatchObject({ name: expect.any(String) });
  expect(emptyTrigger("sequence")).toMatchObject({ kind: "sequence", withinMs: 3_600_000 });
});

test("what an automation lacks is empty", () => {
  const base = { id: "1", revision: 1, createdAt: 0, updatedAt: 0, owner: null };
  expect(toDraft({ ...base, name: "a", enabled: false, tags: [] })).toMatchObject({
    name: "a",
    enabled: false,
    actions: [],
    trigger: { kind: "event" },
  });
});

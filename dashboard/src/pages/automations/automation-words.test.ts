import { expect, test } from "vitest";
import { actionsWords, triggerWords } from "./automation-words.ts";

const event = {
  kind: "event",
  posture: "Reactive",
  match: { id: "millrace.flow-run.*" },
  matchRelated: [],
  after: [],
  expect: ["millrace.flow-run.Failed", "millrace.flow-run.Crashed"],
  forEach: [],
  threshold: 3,
  withinMs: 600_000,
};

test("a trigger is told in words", () => {
  expect(triggerWords(event)).toBe("3 of flow-run.Failed or flow-run.Crashed within 10m");
  expect(triggerWords({ ...event, posture: "Proactive", expect: ["order.received"], threshold: 1 })).toBe(
    "no order.received within 10m",
  );
  expect(triggerWords({ ...event, threshold: 1, withinMs: 0, match: { id: "order.7" } })).toBe(
    "flow-run.Failed or flow-run.Crashed of id order.7",
  );
  expect(triggerWords({ kind: "compound", triggers: [event, event], require: "all", withinMs: null })).toBe(
    "all of 2 triggers",
  );
  expect(
    triggerWords({
      kind: "metric",
      query: "success-rate",
      operator: "<",
      threshold: 0.9,
      rangeMs: 3_600_000,
      firingForMs: 300_000,
      match: {},
      matchRelated: [],
    }),
  ).toBe("success rate < 90 % for 5m, over 1h");
});

test("what others have written is told as far as it can be", () => {
  expect(triggerWords(undefined)).toBe("nothing yet");
  expect(triggerWords({ kind: "event" })).toBe("event");
  expect(triggerWords({ kind: "strange" })).toBe("something that is not known");
  expect(actionsWords([{ kind: "pause-deployment" }, { kind: "do-nothing" }])).toBe(
    "pause deployment, do nothing, but keep it in the history",
  );
});

import { expect, test } from "vitest";
import {
  fromPrefectLabelPath,
  fromPrefectLabels,
  fromPrefectName,
  fromPrefectSpec,
  toPrefectLabelPath,
  toPrefectLabels,
  toPrefectName,
  toPrefectSpec,
} from "./names.ts";

test.each([
  ["millrace.flow-run.Completed", "prefect.flow-run.Completed"],
  ["millrace.flow-run.*", "prefect.flow-run.*"],
  ["prefect.flow-run.Completed", "millrace.flow-run.Completed"],
  ["order.placed", "order.placed"],
  ["millrace", "millrace"],
])("%s is %s there, and the other way round", (inside, outside) => {
  expect(toPrefectName(inside)).toBe(outside);
  expect(fromPrefectName(outside)).toBe(inside);
});

test("labels of a resource, and its id", () => {
  const inside = {
    id: "millrace.flow.1",
    name: "millrace.x",
    role: "flow",
    "millrace.run-count": "2",
    mine: "prefect.x",
  };
  const outside = {
    "prefect.resource.id": "prefect.flow.1",
    "prefect.resource.name": "millrace.x",
    "prefect.resource.role": "flow",
    "prefect.run-count": "2",
    mine: "prefect.x",
  };
  expect(toPrefectLabels(inside)).toEqual(outside);
  expect(fromPrefectLabels(outside)).toEqual(inside);
});

test("a client's own label by our word is kept apart from ours", () => {
  const sent = { "prefect.resource.id": "shop.1", id: "7", name: "n", "millrace.x": "y" };
  const kept = fromPrefectLabels(sent);
  expect(kept.id).toBe("shop.1");
  expect(toPrefectLabels(kept)).toEqual(sent);
});

test("patterns of ids are mapped, also behind a `!`", () => {
  const outside = {
    "prefect.resource.id": ["prefect.flow-run.*", "!prefect.flow-run.1"],
    "prefect.resource.name": "prefect.*",
  };
  const inside = { id: ["millrace.flow-run.*", "!millrace.flow-run.1"], name: "prefect.*" };
  expect(fromPrefectSpec(outside)).toEqual(inside);
  expect(toPrefectSpec(inside)).toEqual(outside);
});

test.each([
  ["id", "prefect.resource.id"],
  ["related:flow:id", "related:flow:prefect.resource.id"],
  ["related:a:b:millrace.x", "related:a:b:prefect.x"],
  ["related:", "related:"],
  ["colour", "colour"],
])("for each %s is %s there", (inside, outside) => {
  expect(toPrefectLabelPath(inside)).toBe(outside);
  expect(fromPrefectLabelPath(outside)).toBe(inside);
});

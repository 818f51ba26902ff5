import { describe, expect, test } from "vitest";
import type { ResourceSpec } from "../../contract/automations.ts";
import { eventAt, eventTrigger } from "./automations.testsuite.ts";
import { createNamePattern } from "../../kit/glob.ts";
import { createNameMatch, createResourceMatch, createSpecMatch, findLabel } from "./match-event.ts";

describe("event names", () => {
  test.each<[string, string, boolean]>([
    ["millrace.flow-run.Failed", "millrace.flow-run.Failed", true],
    ["millrace.flow-run.Fail", "millrace.flow-run.Failed", false],
    ["millrace.flow-run.*", "millrace.flow-run.Failed", true],
    ["millrace.flow-run.*", "millrace.flow-run.", false],
    ["*", "anything", true],
    ["*.Failed", "millrace.flow-run.Failed", true],
    ["a[b]", "ab", false],
    ["a?", "ab", false],
    ["!a", "b", false],
  ])("%j and %j: %s", (pattern, name, expected) => {
    expect(createNamePattern(pattern)(name)).toBe(expected);
    expect(createNameMatch([pattern, "never"], "none")(name)).toBe(expected);
  });

  test("no pattern is as its place has it", () => {
    expect(createNameMatch([], "every")("a")).toBe(true);
    expect(createNameMatch([], "none")("a")).toBe(false);
  });
});

describe("labels of a resource", () => {
  const labels = { id: "millrace.flow-run.1", env: "prod", empty: "" };
  test.each<[string, ResourceSpec, boolean]>([
    ["an empty spec", {}, true],
    ["a value", { env: "prod" }, true],
    ["all of several labels", { env: "prod", id: "millrace.flow-run.*" }, true],
    ["one of several labels", { env: "prod", id: "millrace.task-run.*" }, false],
    ["one of several values", { env: ["test", "prod"] }, true],
    ["none of several values", { env: ["test", "dev"] }, false],
    ["no values", { env: [] }, false],
    ["a negated value", { env: "!prod" }, false],
    ["another negated value", { env: "!test" }, true],
    ["a negated glob", { env: "!p*" }, false],
    ["one of several negated values", { env: ["!prod", "!test"] }, true],
    ["a label that is not there", { team: "*" }, false],
    ["a negated label that is not there", { team: "!red" }, false],
    ["an empty value", { empty: "" }, true],
    ["a name of the language's own", { constructor: "*" }, false],
  ])("%s", (_, spec, expected) => {
    expect(createSpecMatch(spec)(labels)).toBe(expected);
  });
});

describe("related resources", () => {
  const event = eventAt(0, "a", {
    related: [
      { labels: { id: "millrace.flow.1", role: "flow" } },
      { labels: { id: "millrace.tag.nightly", role: "tag" } },
    ],
  });
  test.each<[string, readonly ResourceSpec[], boolean]>([
    ["none asked for", [], true],
    ["an empty spec", [{}], true],
    ["one that is there", [{ role: "tag", id: "millrace.tag.nightly" }], true],
    ["labels of two resources in one spec", [{ role: "flow", id: "millrace.tag.*" }], false],
    ["labels of two resources in two specs", [{ role: "flow" }, { id: "millrace.tag.*" }], true],
    ["two specs of which one is there", [{ role: "flow" }, { role: "deployment" }], false],
    ["two specs that the same one matches", [{ role: "tag" }, { id: "*nightly" }], true],
  ])("%s", (_, matchRelated, expected) => {
    expect(createResourceMatch(eventTrigger({ matchRelated }))(event)).toBe(expected);
  });

  test("a spec is not met by an event without related resources", () => {
    expect(createResourceMatch(eventTrigger({ matchRelated: [{ a: "*" }] }))(eventAt(0, "a"))).toBe(false);
  });

  test.each<[string, string]>([
    ["id", "r.1"],
    ["related:flow:id", "millrace.flow.1"],
    ["related:flow:name", ""],
    ["related:nobody:id", ""],
    ["nothing", ""],
    ["__proto__", ""],
  ])("the label %s", (label, value) => {
    expect(findLabel(event, label)).toBe(value);
  });
});

test("patterns that would be tried at each character of a long text are given up, and meet nothing", () => {
  const value = "a".repeat(200_000);
  const event = eventAt(0, "e", { of: value });
  for (const pattern of [`*${"a".repeat(1000)}b`, "*a*a*a*b", `*[${"a-b".repeat(10_000)}]c`]) {
    expect(createResourceMatch({ match: { id: pattern }, matchRelated: [] })(event)).toBe(false);
  }
  expect(createNameMatch([`*${"a".repeat(1000)}b`], "none")(value)).toBe(false);
  // What takes few steps is still found in it.
  expect(createResourceMatch({ match: { id: "aaa*" }, matchRelated: [] })(event)).toBe(true);
});

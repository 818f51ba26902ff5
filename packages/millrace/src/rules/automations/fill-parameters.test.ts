import { describe, expect, test } from "vitest";
import { TemplateError } from "../../kit/safe-template.ts";
import { fillParameters, parameterTemplates } from "./fill-parameters.ts";

const values = { event: { payload: { size: 3, name: "file", list: [1, 2] } } };
const filling = { values, variable: (name: string): unknown => ({ bucket: "b-1", none: null })[name] };
const fill = (value: unknown): unknown => fillParameters({ value }, filling)["value"];
const jinja = (template: string) => ({ __prefect_kind: "jinja", template });

describe("a parameter", () => {
  test.each<[string, unknown, unknown]>([
    ["plain values", [1, "a", null, true, { a: [] }], [1, "a", null, true, { a: [] }]],
    ["one expression, with its type", "{{ event.payload.size }}", 3],
    ["one expression that is a list", "{{ event.payload.list }}", [1, 2]],
    ["one expression that is not there", "{{ event.nothing }}", null],
    ["a text with an expression in it", "size {{ event.payload.size }}", "size 3"],
    [
      "templates in lists and objects",
      { a: ["{{ event.payload.name }}"], b: { c: "{{ event.payload.size + 1 }}" } },
      { a: ["file"], b: { c: 4 } },
    ],
    ["a marked template, always a text", jinja("{{ event.payload.size }}"), "3"],
    ["marked JSON", { __prefect_kind: "json", value: '{"a": [1]}' }, { a: [1] }],
    [
      "marked JSON of a template",
      { __prefect_kind: "json", value: jinja("{{ event.payload.list | tojson }}") },
      [1, 2],
    ],
    ["a marked variable", { __prefect_kind: "workspace_variable", variable_name: "bucket" }, "b-1"],
    ["a marked variable that is none", { __prefect_kind: "workspace_variable", variable_name: "none" }, null],
    ["a marked value", { __prefect_kind: "none", value: { a: "{{ event.payload.size }}" } }, { a: 3 }],
  ])("%s", (_, value, expected) => {
    expect(fill(value)).toEqual(expected);
  });

  test("that a form was left without is not given", () => {
    const given = { a: { __prefect_kind: "json" }, b: [{ __prefect_kind: "workspace_variable" }, 1], c: { d: 2 } };
    expect(fillParameters(given, filling)).toEqual({ b: [1], c: { d: 2 } });
    expect(fillParameters({ __prefect_kind: "json" }, filling)).toEqual({});
  });

  test("of a kind that nobody knows is the value beside it", () => {
    expect(fill({ __prefect_kind: "pickle", value: [1] })).toEqual([1]);
    expect(fill({ __prefect_kind: "pickle" })).toBeNull();
  });

  test("that is named as the language's own stays one", () => {
    const filled = fill(JSON.parse('{"__proto__": {"polluted": "{{ event.payload.size }}"}}'));
    expect(JSON.stringify(filled)).toBe('{"__proto__":{"polluted":3}}');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test.each<[string, unknown, RegExp]>([
    ["a template that cannot be read", "{{ a", /has no }}/],
    [
      "a variable that is not there",
      { __prefect_kind: "workspace_variable", variable_name: "nope" },
      /no variable nope/,
    ],
    ["JSON that is none", { __prefect_kind: "json", value: "{" }, /should be JSON/],
    ["a marked value without one", { __prefect_kind: "none" }, /has no `value`/],
    ["a marked template without one", { __prefect_kind: "jinja" }, /has no `template`/],
  ])("is refused: %s", (_, value, reason) => {
    expect(() => fill(value)).toThrow(reason);
    expect(() => fill(value)).toThrow(TemplateError);
  });

  test("is refused when it is too deep", () => {
    let deep: unknown = "{{ 1 }}";
    for (let depth = 0; depth < 200; depth++) deep = [deep];
    expect(() => fill(deep)).toThrow(/50 deep/);
    expect(() => parameterTemplates(deep)).toThrow(/50 deep/);
  });
});

test("the templates in parameters", () => {
  const parameters = { a: "{{ x }}", b: ["plain", { c: "{% if y %}{% endif %}" }], d: jinja("as it is") };
  expect(parameterTemplates(parameters)).toEqual(["{{ x }}", "{% if y %}{% endif %}", "as it is"]);
});

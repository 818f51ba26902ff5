import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSafeTemplate, createWrittenMapping, isTemplate, TemplateError } from "./safe-template.ts";

const values = {
  flow_run: {
    name: "brave-otter",
    state: { name: "Failed", message: null },
    seconds: 3.14159,
    tags: ["x", "y"],
    parameters: { a: 1, b: "q" },
  },
  isLate: true,
  items: [
    { n: "a", v: 2 },
    { n: "b", v: 1 },
  ],
};

const fill = (source: string): string => createSafeTemplate(source).fill(values);

describe("what is put into the text", () => {
  test.each<[string, string, string]>([
    ["plain text", "as it is", "as it is"],
    ["a path", "{{ flow_run.state.name }}", "Failed"],
    ["a key", "{{ flow_run['name'] }}", "brave-otter"],
    ["an index, also from the end", "{{ flow_run.tags[0] }}{{ flow_run.tags[-1] }}{{ flow_run.tags.1 }}", "xyy"],
    ["a part of a list and of a text", "{{ flow_run.tags[1:] }} {{ flow_run.name[:5] }}", "['y'] brave"],
    ["what is not there, and its parts", "[{{ nothing }}{{ flow_run.nothing.deep['er'] }}]", "[]"],
    ["none, true, false", "{{ flow_run.state.message }} {{ isLate }} {{ not isLate }}", "None True False"],
    [
      "lists and mappings, in Python's notation",
      "{{ flow_run.tags }} {{ flow_run.parameters }}",
      "['x', 'y'] {'a': 1, 'b': 'q'}",
    ],
    ["texts with quotes", `{{ ["it's", 'say "x"'] }}`, `["it's", 'say "x"']`],
    ["a mapping in braces", "{{ {'a': {'b': 1}} }}", "{'a': {'b': 1}}"],
    ["arithmetic", "{{ 1 + 2 * 3 ** 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -2 ** 2 }} {{ 2 ** 3 ** 2 }}", "19 -4 1 4 64"],
    ["joining", "{{ 'a' ~ 1 ~ none }} {{ 'a' + 'b' }} {{ [1] + [2] }}", "a1None ab [1, 2]"],
    [
      "comparisons, also in a row",
      "{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 'a' != 'b' }} {{ [1] == [1] }}",
      "True False True True",
    ],
    [
      "membership",
      "{{ 'x' in flow_run.tags }} {{ 'otter' not in flow_run.name }} {{ 'a' in flow_run.parameters }}",
      "True False True",
    ],
    ["and, or, not", "{{ nothing or 'd' }} {{ isLate and 'late' }} {{ not nothing }}", "d late True"],
    ["a choice", "{{ 'late' if isLate else 'in time' }}{{ 'x' if not isLate }}", "late"],
    ["escapes in texts", String.raw`{{ "a\tb\n\u0041\"" }}`, 'a\tb\nA"'],
    ["a comment", "a{# {{ nothing( #}b", "ab"],
    ["raw text", "{% raw %}{{ x }}{% endraw %}", "{{ x }}"],
    ["blanks taken away", "a {{- 1 -}} b {%- if isLate -%} c {%- endif %} d", "a1bc d"],
    ["one line break at the end dropped", "a\n\n", "a\n"],
    ["a value that is set", "{% set who = flow_run.name %}{{ who }}", "brave-otter"],
  ])("%s", (_, source, text) => {
    expect(fill(source)).toBe(text);
  });
});

describe("blocks", () => {
  test.each<[string, string, string]>([
    ["the first branch that holds", "{% if nothing %}1{% elif isLate %}2{% else %}3{% endif %}", "2"],
    ["else", "{% if nothing %}1{% else %}3{% endif %}", "3"],
    [
      "a loop",
      "{% for t in flow_run.tags %}{{ loop.index }}{{ t }}{% if not loop.last %},{% endif %}{% endfor %}",
      "1x,2y",
    ],
    [
      "a loop over names and values",
      "{% for k, v in flow_run.parameters.items() %}{{ k }}={{ v }};{% endfor %}",
      "a=1;b=q;",
    ],
    ["a loop with a condition", "{% for i in items if i.v > 1 %}{{ loop.length }}{{ i.n }}{% endfor %}", "1a"],
    ["a loop over nothing", "{% for i in nothing %}1{% else %}none{% endfor %}", "none"],
    ["a loop's names are gone after it", "{% for i in [1] %}{% endfor %}[{{ i }}]", "[]"],
    [
      "a loop in a loop",
      "{% for a in [1, 2] %}{% for b in 'xy' %}{{ a }}{{ b }} {% endfor %}{% endfor %}",
      "1x 1y 2x 2y ",
    ],
  ])("%s", (_, source, text) => {
    expect(fill(source)).toBe(text);
  });
});

describe("filters, tests and methods", () => {
  test.each<[string, string]>([
    ["{{ nothing | default('d') }}{{ '' | default('e', true) }}{{ none | default('f') }}", "deNone"],
    ["{{ 'aB' | upper }}{{ 'aB' | lower }}{{ 'aB c' | title }}{{ 'aB' | capitalize }}", "ABabAb CAb"],
    ["{{ flow_run.tags | length }}{{ 'abc' | count }}", "23"],
    ["{{ flow_run.parameters | tojson }}", '{"a": 1, "b": "q"}'],
    ["{{ {'b': [1], 'a': {}} | tojson(indent=2) }}", '{\n  "a": {},\n  "b": [\n    1\n  ]\n}'],
    [`{{ "<it's>" | tojson }}`, String.raw`"\u003cit\u0027s\u003e"`],
    ["{{ flow_run.tags | join(', ') }}{{ items | join('+', attribute='n') }}", "x, ya+b"],
    ["{{ 'abc' | replace('b', 'x') }}", "axc"],
    [
      "{{ 'hello world foo' | truncate(9) }}|{{ 'foo bar baz' | truncate(7, true) }}|{{ 'abcdefghijkl' | truncate(6, true) }}",
      "hello...|foo bar baz|abc...",
    ],
    [
      "{{ 3.14159 | round(2) }} {{ 2.5 | round }} {{ -2.2 | round(method='ceil') }} {{ 2.9 | round(0, 'floor') }}",
      "3.14 3 -2 2",
    ],
    ["{{ '7' | int + 1 }} {{ 'x' | int(5) }} {{ '1.5' | float }} {{ -3 | abs }}", "8 5 1.5 3"],
    ["{{ [3, 1, 2] | sort | join }}{{ items | sort(attribute='v') | map(attribute='n') | join }}", "123ba"],
    [
      "{{ [1, 2] | first }}{{ [1, 2] | last }}{{ [] | first }}{{ [1, 2] | reverse | join }}{{ 'ab' | reverse }}",
      "1221ba",
    ],
    ["{{ [1, 1, 2] | unique | join }}{{ ['a'] | map('upper') | join }}{{ [1, 2] | sum }}", "12A3"],
    [
      "{{ items | selectattr('v', 'gt', 1) | map(attribute='n') | join }}{{ items | rejectattr('v', 'gt', 1) | length }}",
      "a1",
    ],
    [
      "{{ [1, none, 2] | select | join }}{{ [1, 2, 3] | reject('odd') | join }}{{ [2, 9, 4] | max }}{{ [2, 9, 4] | min }}",
      "12292",
    ],
    ["{{ {'b': 1, 'a': 2} | dictsort }}", "[['a', 2], ['b', 1]]"],
    ["{{ '<a>' | e }}{{ 'a b/c' | urlencode }}{{ ' a ' | trim }}{{ 'a\nb' | indent(2) }}", "&lt;a&gt;a%20b/caa\n  b"],
    ["{{ 'one two' | wordcount }}{{ 5 | string ~ '' }}{{ 'ab' | list }}", "25['a', 'b']"],
    [
      "{{ nothing is defined }}{{ isLate is not none }}{{ 4 is divisibleby 2 }}{{ 3 is odd }}{{ 'a' is in 'ab' }}",
      "FalseTrueTrueTrueTrue",
    ],
    ["{{ flow_run.parameters.get('a') }}{{ flow_run.parameters.get('z', 0) }}{{ 'a/b'.split('/')[1] }}", "10b"],
    ["{{ 'abc'.startswith('a') }}{{ ','.join(['a', 'b']) }}{{ flow_run.parameters.keys() }}", "Truea,b['a', 'b']"],
    ["{{ range(3) | list }}{{ range(1, 6, 2) | list }}{{ dict(a=1).a }}", "[0, 1, 2][1, 3, 5]1"],
  ])("%s", (source, text) => {
    expect(fill(source)).toBe(text);
  });

  test("one of the caller's own", () => {
    const filters = {
      ui_url: (value: unknown) => `https://ui/${String((value as { name: string }).name)}`,
      upper: () => "own",
    };
    expect(createSafeTemplate("{{ flow_run | ui_url }} {{ 'a' | upper }}").fill(values, { filters })).toBe(
      "https://ui/brave-otter own",
    );
  });
});

describe("what is refused, with the line", () => {
  test.each<[string, string, RegExp]>([
    ["a tag without end", "a\n{{ b", /^line 2: the tag has no }}/],
    ["a comment without end", "{# b", /no #}/],
    ["raw text without end", "{% raw %}", /no {% endraw %}/],
    ["a block without end", "{% if a %}", /has no {% endif %}/],
    ["a block that ends another", "{% if a %}{% endfor %}", /meets {% endfor %} before/],
    ["an end of nothing", "x{% endif %}", /closes nothing/],
    ["a value that is missing", "{{ }}", /expected a value/],
    ["two values", "{{ a b }}", /expected the end of the tag, found "b"/],
    ["a sign that means nothing", "{{ a ; b }}", /";" cannot stand/],
    ["macros", "{% macro f() %}{% endmacro %}", /macro %} is not offered/],
    ["other templates", "{% include 'x' %}", /include %} is not offered/],
    ["too many loops", "{% for a in b %}{% endfor %}".repeat(11), /at most 10 for loops/],
    ["loops too deep in each other", `${"{% for a in b %}".repeat(3)}${"{% endfor %}".repeat(3)}`, /at most 2 deep/],
    ["expressions too deep in each other", `{{ ${"(".repeat(100)}1${")".repeat(100)} }}`, /60 deep/],
    ["a long chain of not", `{{ ${"not ".repeat(200)}1 }}`, /60 deep/],
    ["a long chain of minus", `{{ ${"- ".repeat(200)}1 }}`, /60 deep/],
    ["a long chain of sums", `{{ ${"1 + ".repeat(600)}1 }}`, /1000 words/],
    ["blocks too deep in each other", `${"{% if a %}".repeat(61)}${"{% endif %}".repeat(61)}`, /60 deep/],
    ["a template that is too long", "x".repeat(100_001), /at most 100000 characters/],
  ])("%s", (_, source, reason) => {
    expect(() => createSafeTemplate(source)).toThrow(reason);
    expect(() => createSafeTemplate(source)).toThrow(TemplateError);
  });

  test.each<[string, string, RegExp]>([
    ["a filter that is not there", "\n{{ 1 | nope }}", /^line 2: there is no filter nope/],
    ["a test that is not there", "{{ 1 is nope }}", /no test nope/],
    ["a method that is not there", "{{ 'a'.encode() }}", /a text has no encode\(\)/],
    ["an addition of what are no numbers", "{{ none + 1 }}", /none cannot stand at \+/],
    ["a text many times", "{{ 'a' * 1000000000 }}", /a text cannot stand at \*/],
    ["a division by zero", "{{ 1 / 0 }}", /division by zero/],
    ["a comparison without order", "{{ 1 < 'a' }}", /have no order/],
    ["JSON of nothing", "{{ nothing | tojson }}", /has no JSON/],
    ["a range that is too long", "{{ range(1000000000) }}", /at most 100 numbers/],
    ["a range without end", "{{ range(1, 5, 0) }}", /no step of 0/],
  ])("%s", (_, source, reason) => {
    expect(() => fill(source)).toThrow(reason);
  });
});

describe("hostile templates", () => {
  const hostile: Readonly<Record<string, unknown>> = {
    ...values,
    action: () => "called",
    made: new (class Made {
      own = 1;
      get secret(): string {
        return "read";
      }
      run(): string {
        return "ran";
      }
    })(),
  };

  test.each([
    "{{ constructor }}",
    "{{ __proto__ }}",
    "{{ toString }}",
    "{{ flow_run.constructor }}",
    "{{ flow_run['__proto__'] }}",
    "{{ flow_run['const' ~ 'ructor'] }}",
    "{{ ''.constructor }}",
    "{{ [].constructor }}{{ [].length }}{{ 'a'.length }}",
    "{{ (1).constructor }}",
    "{{ flow_run.tags.map }}",
    "{{ action }}",
    "{{ made.secret }}{{ made.run }}",
    "{{ range }}{{ range.constructor }}",
    "{{ items | map(attribute='constructor') | join }}{{ items | map(attribute='__proto__.constructor') | join }}",
    "{{ loop }}{{ self }}{{ this }}{{ process }}{{ globalThis }}{{ require }}",
    "{{ flow_run.get('constructor', '') }}{{ flow_run.get('__proto__', '') }}",
    "{{ {'a': 1}.__proto__ }}{{ dict(a=1).constructor }}",
  ])("%s reaches nothing", (source) => {
    expect(createSafeTemplate(source).fill(hostile)).toBe("");
  });

  test.each([
    "{{ ''.constructor.constructor('return process')() }}",
    "{{ action() }}",
    "{{ made.run() }}",
    "{{ flow_run.toString() }}",
    "{{ flow_run.hasOwnProperty('name') }}",
    "{{ [].concat([1]) }}",
    "{{ 'a' | constructor }}",
    "{{ 'a' | map('constructor') | list }}",
    "{{ 1 is constructor }}",
    "{{ constructor('x') }}",
  ])("%s is refused", (source) => {
    expect(() => createSafeTemplate(source).fill(hostile)).toThrow(TemplateError);
  });

  test("mappings that a template makes have no prototype to change", () => {
    const filled = createSafeTemplate(
      "{% set m = {'__proto__': {'polluted': 1}} %}{{ m.polluted }}{{ {}.polluted }}",
    ).fill({});
    expect(filled).toBe("");
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  const big = {
    list: Array.from({ length: 50_000 }, (_, index) => index),
    text: "x".repeat(500_000),
    again: Array.from({ length: 50_000 }, (_, index) => index),
  };

  test.each([
    ["loops", "{% for a in list %}{% for b in list %}{{ b }}{% endfor %}{% endfor %}"],
    ["loops that write nothing", "{% for a in list %}{% for b in list %}{% endfor %}{% endfor %}"],
    ["conditions in loops", "{% for a in list if list == again %}{% endfor %}"],
    ["searches", "{% for a in list %}{{ a in again }}{% endfor %}"],
    ["searches in texts", "{% for a in list %}{{ 'y' in text }}{% endfor %}"],
    ["texts that double", `{% set t = text %}${"{% set t = t ~ t %}".repeat(20)}{{ t }}`],
    ["lists that double", `{% set t = list %}${"{% set t = t + t %}".repeat(20)}`],
    ["replacements", "{{ text | replace('x', text) }}"],
    ["joins", "{{ list | join(text) }}"],
    ["joins of long texts", "{% set l = [text, text, text, text] %}{{ l | join }}"],
    ["unique values", "{{ list | unique | length }}"],
    ["JSON of long lists", "{% for a in list %}{{ list | tojson }}{% endfor %}"],
  ])("%s end", (_, source) => {
    expect(() => createSafeTemplate(source).fill(big)).toThrow(/more than 100000 steps|longer than/);
  });

  test("the text has a limit of its own", () => {
    expect(() => createSafeTemplate("{{ 'abcdef' }}{{ 'abcdef' }}").fill({}, { maxChars: 10 })).toThrow(
      /longer than 10/,
    );
  });

  test("whatever is written, it is filled or refused with a TemplateError", () => {
    const piece = fc.constantFrom(
      "{{",
      "}}",
      "{%",
      "%}",
      "{#",
      "#}",
      " if ",
      " for ",
      " in ",
      "endif",
      "endfor",
      "else",
      "a",
      ".b",
      "[0]",
      "(",
      ")",
      "|",
      "upper",
      "is",
      "not ",
      "'x'",
      "1",
      "+",
      "**",
      "~",
      "{",
      "}",
      ":",
      ",",
      "-",
      "set t = ",
      "\n",
      "range(9)",
      "loop.index",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        expect(outcome(pieces.join(""))).toMatch(/^(text|TemplateError)$/);
      }),
      { numRuns: 2000 },
    );
  });
});

/** "text", or the name of the error. */
function outcome(source: string): string {
  try {
    return typeof createSafeTemplate(source).fill({ a: { b: [1] } }) === "string" ? "text" : "something else";
  } catch (error) {
    return (error as Error).name;
  }
}

describe("values", () => {
  test("an expression that stands alone keeps its type", () => {
    expect(createSafeTemplate(" {{ flow_run.parameters }} ").fillValue(values)).toEqual({ a: 1, b: "q" });
    expect(createSafeTemplate("{{ items | length }}").fillValue(values)).toBe(2);
    expect(createSafeTemplate("{{ nothing }}").fillValue(values)).toBeNull();
  });

  test("anything else is a text", () => {
    expect(createSafeTemplate("n={{ items | length }}").fillValue(values)).toBe("n=2");
  });

  test("the names it reads", () => {
    expect(
      [
        ...createSafeTemplate("{% for t in flow_run.tags %}{{ deployment.name | default(event.id) }}{% endfor %}")
          .names,
      ].sort(),
    ).toEqual(["deployment", "event", "flow_run"]);
  });

  test("a mapping that is written as a text", () => {
    const labels = createWrittenMapping("top", { below: createWrittenMapping("inner", { deeper: "x" }) });
    expect(
      createSafeTemplate(
        "{{ l }} {{ l.below }} {{ l.below.deeper }} {{ l.below | upper }} {{ l.below | tojson }}",
      ).fill({ l: labels }),
    ).toBe('top inner x INNER "inner"');
  });

  test.each<[string, boolean]>([
    ["plain", false],
    ["{ a }", false],
    ["{{ a }}", true],
    ["{% if a %}{% endif %}", true],
  ])("whether %s is a template", (text, expected) => {
    expect(isTemplate(text)).toBe(expected);
  });
});

import { describe, expect, test } from "vitest";
import { choice, choices, duration, flag, text, texts, wholeNumber } from "./options.ts";
import { type OptionTable, readOptions, readPositionals, sortWords } from "./parse.ts";
import { anyNumber, optional, required, several } from "./positionals.ts";

const table = {
  follow: flag("", { short: "f" }),
  dryRun: flag(""),
  name: text("NAME", ""),
  tag: texts("TAG", "", { short: "t" }),
  limit: wholeNumber("N", "", { initial: 20, max: 100, short: "n" }),
  level: choice(["info", "warn"], ""),
  color: choice(["auto", "always", "never"], "", { bare: "always", negated: "never" }),
  state: choices(["FAILED", "CRASHED"], "STATE", ""),
  grace: duration(""),
} as const satisfies OptionTable;

const read = (...words: readonly string[]) => {
  const sorted = sortWords(words, table);
  return { options: readOptions(table, sorted), positionals: sorted.positionals };
};

describe("options", () => {
  test("are what they are when they are not given", () => {
    expect(read().options).toEqual({
      follow: false,
      dryRun: false,
      name: undefined,
      tag: [],
      limit: 20,
      level: undefined,
      color: undefined,
      state: [],
      grace: undefined,
    });
  });

  test.each([
    [["--name", "x"], { name: "x" }],
    [["--name=x=y"], { name: "x=y" }],
    [["--name="], { name: "" }],
    [["--name", "a", "--name", "b"], { name: "b" }],
    [["--name", "-5"], { name: "-5" }],
    [["--dry-run"], { dryRun: true }],
    [["--dry-run", "--no-dry-run"], { dryRun: false }],
    [["-f"], { follow: true }],
    [["-fn", "5"], { follow: true, limit: 5 }],
    [["-n5"], { limit: 5 }],
    [["-n=5"], { limit: 5 }],
    [["-t", "a", "--tag=b", "-tc"], { tag: ["a", "b", "c"] }],
    [["--level", "WARN"], { level: "warn" }],
    [["--color"], { color: "always" }],
    [["--color=never"], { color: "never" }],
    [["--no-color"], { color: "never" }],
    [["--state", "failed,CRASHED", "--state", "failed"], { state: ["FAILED", "CRASHED", "FAILED"] }],
    [["--grace", "1m30s"], { grace: 90_000 }],
  ])("%s", (words, expected) => {
    expect(read(...words).options).toMatchObject(expected);
  });

  test("stand anywhere; after -- everything is an argument", () => {
    expect(read("a", "--follow", "b", "--", "--name", "-f")).toMatchObject({
      options: { follow: true, name: undefined },
      positionals: ["a", "b", "--name", "-f"],
    });
    expect(read("-", "-1").positionals).toEqual(["-", "-1"]);
  });

  test.each([
    [["--nam", "x"], "there is no option --nam", "did you mean --name?"],
    [["--dry"], "there is no option --dry", "did you mean --dry-run?"],
    [["--zzzzzz"], "there is no option --zzzzzz", null],
    [["-x"], "there is no option -x", null],
    [["--no-name"], "there is no option --no-name", null],
    [["--name"], "--name needs a value: --name NAME", null],
    [["--name", "--follow"], "--name needs a value: --name NAME", null],
    [["--follow=yes"], "--follow takes no value", null],
    [["--limit", "1e3"], "--limit takes a whole number up to 100, not `1e3`", null],
    [["--limit", "101"], "--limit takes a whole number up to 100, not `101`", null],
    [["--level", "wran"], "--level does not take `wran`", "did you mean `warn`?"],
    [["--state", "FALED"], "--state does not take `FALED`", "did you mean `FAILED`?"],
  ])("%s is refused", (words, message, advice) => {
    expect(() => read(...words)).toThrow(expect.objectContaining({ name: "UsageProblem", message, advice }) as Error);
  });

  test("a duration that is none is refused with an example", () => {
    expect(() => read("--grace", "soon")).toThrow(/--grace: .*write for example/);
  });
});

describe("arguments", () => {
  const sorted = (...words: readonly string[]) => sortWords(words, {});

  test("are told apart by their place", () => {
    const places = { run: required(""), name: optional("") } as const;
    expect(readPositionals(places, sorted("a", "b"))).toEqual({ run: "a", name: "b" });
    expect(readPositionals(places, sorted("a"))).toEqual({ run: "a", name: undefined });
    expect(() => readPositionals(places, sorted())).toThrow("<run> is missing");
    expect(() => readPositionals(places, sorted("a", "b", "c", "d"))).toThrow("`c d` is one argument too many");
  });

  test("several, and any number", () => {
    expect(readPositionals({ runs: several("") }, sorted("a", "b"))).toEqual({ runs: ["a", "b"] });
    expect(() => readPositionals({ runs: several("") }, sorted())).toThrow("<runs> is missing");
    expect(readPositionals({ first: required(""), rest: anyNumber("") }, sorted("a"))).toEqual({
      first: "a",
      rest: [],
    });
  });
});
